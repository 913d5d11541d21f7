/** A surface like the ones people have: constants on top, repeated lines, nested indentation. */
export const trainPy = `import math

LEARNING_RATE = 0.01
BATCH = 32  # examples a step
WARMUP = 0

class Model:
    def __init__(self, width):
        self.width = width
        self.scale = 1.0

    def forward(self, x):
        h = self.embed(x)
        h = h * self.scale
        return h

    def loss(self, x, y):
        h = self.forward(x)
        return (h - y) ** 2

def schedule(step):
    if step < WARMUP:
        return step / WARMUP
    return 1.0

for step in range(100):
    lr = LEARNING_RATE * schedule(step)
    print(step, lr)
`;

export const surface: ReadonlyMap<string, string> = new Map([['train.py', trainPy]]);
