/* wit_decode.c -- fuzzes tvn_wit_decode, then looks for a type in it. */
#include "component/component.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        "events.departure", "a:b/c@1.0.0.t", "x", "stage.conf"};
    struct tvn_types *types = tvn_types_new();
    struct tvn_wit *wit = NULL;
    struct tvn_diag diag = {0};

    if (tvn_wit_decode(data, size, "fuzz", types, &wit, &diag) == TVN_OK) {
        const struct tvn_wit *wits[] = {wit};

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            const struct tvn_type *type = NULL;
            struct tvn_buf text = {0};

            if (tvn_wit_find_type(wits, 1, tvn_str_of(names[i]), NULL, &type,
                    &diag) == TVN_OK) {
                tvn_type_print(type, 8, &text);
            }
            tvn_buf_fini(&text);
        }
    }
    tvn_wit_free(wit);
    tvn_types_free(types);
    tvn_diag_fini(&diag);
    return 0;
}
