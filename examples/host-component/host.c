#include <stdio.h>
#include <torvyn/component.h>

static int on_log(void *env, const char *args, struct tvc_reply *reply)
{
    (void)env, (void)reply;
    return printf("log: %s\n", args) < 0;
}

int main(int argc, char **argv)
{
    struct tvc_engine *engine = NULL;
    struct tvc_component *component = NULL;
    struct tvc_instance *instance = NULL;
    struct tvc_error error;
    struct tvc_func log = {"", "log", on_log, NULL};
    struct tvc_instance_opts opts = tvc_instance_defaults();
    const char *result, *file = argc > 1 ? argv[1] : "greet.wat";
    opts.funcs = &log, opts.func_count = 1, opts.deadline_ms = 1000;
    int failed = tvc_engine_new(NULL, &engine, &error) ||
                 tvc_component_load(engine, file, &component, &error) ||
                 tvc_instance_new(component, &opts, &instance, &error) ||
                 tvc_call(instance, "greet", "[\"world\"]", &result, &error);
    puts(failed ? error.text : result);
    tvc_instance_free(instance);
    tvc_component_free(component);
    tvc_engine_free(engine);
    return failed;
}
