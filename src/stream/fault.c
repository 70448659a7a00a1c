/* fault.c -- which event is to be broken; see fault.h. */
#include "stream/fault.h"

#ifdef TVN_FAULTS

#include "base/assert.h"

#include <stdlib.h>
#include <string.h>

static struct {
    bool is_read; /* the environment was looked at, or arm called */
    bool is_done;
    enum tvn_site site;
    enum tvn_breakage breakage; /* NONE: nothing is armed */
    uint64_t left;              /* passages until it is due */
} armed;

const char *
tvn_site_name(enum tvn_site site)
{
    static const char *const names[TVN_SITE_COUNT] = {"source-read", "push",
        "pop", "fan-out", "filter", "route", "absorb", "emit", "dead-letter",
        "sink-write"};

    return names[site];
}

const char *
tvn_breakage_name(enum tvn_breakage breakage)
{
    static const char *const names[TVN_BREAKAGE_COUNT] = {
        "none", "lose", "double", "misfile"};

    return names[breakage];
}

/* The word in front of the colon, when it is `name`; moves behind it. */
static bool
eat(const char **text, const char *name)
{
    size_t len = strlen(name);

    if (strncmp(*text, name, len) != 0 || (*text)[len] != ':') {
        return false;
    }
    *text += len + 1;
    return true;
}

bool
tvn_fault_arm(const char *text)
{
    char *end = NULL;
    unsigned site = 0;
    unsigned breakage = TVN_BREAKAGE_LOSE;

    memset(&armed, 0, sizeof(armed));
    armed.is_read = true;
    if (text == NULL || *text == '\0') {
        return true;
    }
    while (site < TVN_SITE_COUNT && !eat(&text, tvn_site_name(site))) {
        site++;
    }
    while (breakage < TVN_BREAKAGE_COUNT &&
           !eat(&text, tvn_breakage_name(breakage))) {
        breakage++;
    }
    if (site == TVN_SITE_COUNT || breakage == TVN_BREAKAGE_COUNT ||
        *text < '1' || *text > '9') {
        return false;
    }
    armed.left = strtoull(text, &end, 10);
    if (*end != '\0') {
        return false;
    }
    armed.site = (enum tvn_site)site;
    armed.breakage = (enum tvn_breakage)breakage;
    return true;
}

bool
tvn_fault_is_done(void)
{
    return armed.is_done;
}

bool
tvn_fault_is_armed(void)
{
    if (!armed.is_read) {
        bool is_sound = tvn_fault_arm(getenv("TVN_FAULT"));

        TVN_ASSERT(is_sound);
    }
    return armed.breakage != TVN_BREAKAGE_NONE && !armed.is_done;
}

enum tvn_breakage
tvn_fault_pass(enum tvn_site site, bool can)
{
    if (!tvn_fault_is_armed() || armed.site != site) {
        return TVN_BREAKAGE_NONE;
    }
    if (armed.left > 1) {
        armed.left--;
        return TVN_BREAKAGE_NONE;
    }
    if (!can) {
        return TVN_BREAKAGE_NONE;
    }
    armed.is_done = true;
    return armed.breakage;
}

#endif
