"""llama.cpp in a worker process of ours."""
