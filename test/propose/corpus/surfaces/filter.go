package filter

const Window = 16
const Alpha = 0.25

// Smooth returns the moving average.
func Smooth(in []float64) []float64 {
	out := make([]float64, len(in))
	for i := range in {
		sum := 0.0
		for j := 0; j < Window; j++ {
			if i-j >= 0 {
				sum += in[i-j]
			}
		}
		out[i] = sum / Window
	}
	return out
}

func Peak(in []float64) float64 {
	best := in[0]
	for _, v := range in {
		if v > best {
			best = v
		}
	}
	return best
}
