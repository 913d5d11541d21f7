"""Times the word count over a fixed text; prints seconds."""
import time

REPEATS = 20
CHUNK = 4096


def count(text):
    words = {}
    for word in text.split():
        if word in words:
            words[word] = words[word] + 1
        else:
            words[word] = 1
    return words


text = open("corpus.txt").read()
started = time.perf_counter()
for _ in range(REPEATS):
    count(text)
print("seconds:", (time.perf_counter() - started) / REPEATS)
