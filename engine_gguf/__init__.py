"""llama.cpp engine for CUDA, Vulkan and CPU."""
