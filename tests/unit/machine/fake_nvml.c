/* A small libnvidia-ml.so.1 for tests: NVIDIA's binding loads it as it loads the real one.
   FAKE_NVML_INIT is the return value of nvmlInit; FAKE_NVML_DRIVER and FAKE_NVML_CUDA are the versions; FAKE_NVML_GPUS is
   the number of GPUs, FAKE_NVML_MIG the number of slices of each (unset: MIG is not supported). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { unsigned long long total, free, used; } memory_t;
typedef struct { unsigned int gpu, memory; } load_t;

static int number(const char *name, int fallback) { const char *text = getenv(name); return text ? atoi(text) : fallback; }

int nvmlInitWithFlags(unsigned int flags) { (void)flags; return number("FAKE_NVML_INIT", 0); }
int nvmlInit_v2(void) { return number("FAKE_NVML_INIT", 0); }
int nvmlShutdown(void) { return 0; }
const char *nvmlErrorString(int code) { return code == 18 ? "Driver/library version mismatch" : "Error"; }
int nvmlSystemGetDriverVersion(char *text, unsigned int size) {
    const char *version = getenv("FAKE_NVML_DRIVER");
    snprintf(text, size, "%s", version ? version : "580.95.05");
    return 0;
}
int nvmlSystemGetCudaDriverVersion_v2(int *version) { *version = number("FAKE_NVML_CUDA", 13000); return 0; }
int nvmlDeviceGetCount_v2(unsigned int *count) { *count = (unsigned)number("FAKE_NVML_GPUS", 1); return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **device) { *device = (void *)(size_t)(index + 1); return 0; }
int nvmlDeviceGetName(void *device, char *name, unsigned int size) {
    snprintf(name, size, (size_t)device >= 100 ? "Fake GPU MIG 1g.10gb" : "Fake GPU %zu", (size_t)device - 1);
    return 0;
}
int nvmlDeviceGetMemoryInfo(void *device, memory_t *memory) {
    memory->total = (size_t)device >= 100 ? 10ULL << 30 : 80ULL << 30;
    memory->used = 1ULL << 30;
    memory->free = memory->total - memory->used;
    return 0;
}
int nvmlDeviceGetCudaComputeCapability(void *device, int *major, int *minor) { (void)device; *major = 9; *minor = 0; return 0; }
int nvmlDeviceGetUtilizationRates(void *device, load_t *load) {
    (void)device;
    if (getenv("FAKE_NVML_MIG")) return 3;
    load->gpu = 37; load->memory = 5;
    return 0;
}
int nvmlDeviceGetTemperature(void *device, int kind, unsigned int *heat) { (void)device; (void)kind; *heat = 44; return 0; }
int nvmlDeviceGetPowerUsage(void *device, unsigned int *power) { (void)device; *power = 71200; return 0; }
int nvmlDeviceGetMigMode(void *device, unsigned int *current, unsigned int *pending) {
    (void)device;
    if (!getenv("FAKE_NVML_MIG")) return 3;
    *current = *pending = 1;
    return 0;
}
int nvmlDeviceGetMaxMigDeviceCount(void *device, unsigned int *count) { (void)device; *count = 7; return 0; }
int nvmlDeviceGetMigDeviceHandleByIndex(void *device, unsigned int index, void **slice) {
    (void)device;
    if ((int)index >= number("FAKE_NVML_MIG", 0)) return 6;
    *slice = (void *)(size_t)(100 + index);
    return 0;
}
