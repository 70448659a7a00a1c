/* pipeline_policy_mistakes_test.c -- what a person reads for each mistake in
 * overflow, rates, retries and threads. */
#include "config/testing.h"

#include "base/mem.h"

#define FLOW   "flow: f\n"
#define IN     "  in: { source: { file: data } }\n"
#define OUT    "  out: { sink: { file: out } }\n"
#define STAGES "stages:\n" IN OUT
#define EDGES  "edges:\n  - in -> out\n"

static const struct tvn__testing_mistake mistakes[] = {
    {"policies in other words",
        FLOW STAGES "edges:\n"
                    "  - in -> out: { overflow: drop_oldest }\n"
                    "  - in -> out: { overflow: drop }\n"
                    "  - in -> out: { overflow: blocking }\n"
                    "  - in -> out: { overflow: }\n",
        "torvyn.yaml:6:28: error[E0111]: overflow must be block, drop-oldest, "
        "drop-newest, error or rate-limit, found 'drop_oldest'\n"
        "help: did you mean 'drop-oldest'?\n"
        "torvyn.yaml:7:28: error[E0111]: overflow must be block, drop-oldest, "
        "drop-newest, error or rate-limit, found 'drop'\n"
        "torvyn.yaml:8:28: error[E0111]: overflow must be block, drop-oldest, "
        "drop-newest, error or rate-limit, found 'blocking'\n"
        "torvyn.yaml:9:28: error[E0111]: overflow must be block, drop-oldest, "
        "drop-newest, error or rate-limit, found nothing\n"},
    {"rates",
        FLOW STAGES "edges:\n"
                    "  - in -> out: { rate: 500 }\n"
                    "  - in -> out: { rate: 600/min }\n"
                    "  - in -> out: { rate: 20 per second }\n"
                    "  - in -> out: { rate: 10k/s }\n"
                    "  - in -> out: { rate: 0/s }\n"
                    "  - in -> out: { rate: 0.5/s }\n"
                    "  - in -> out: { rate: fast }\n"
                    "  - in -> out: { rate: 2000000000/s }\n",
        "torvyn.yaml:6:24: error[E0111]: rate must be a rate such as 500/s, "
        "found '500'\n"
        "help: write 500/s\n"
        "torvyn.yaml:7:24: error[E0111]: rate must be a rate such as 500/s, "
        "found '600/min'\n"
        "help: write 10/s\n"
        "torvyn.yaml:8:24: error[E0111]: rate must be a rate such as 500/s, "
        "found '20 per second'\n"
        "help: write 20/s\n"
        "torvyn.yaml:9:24: error[E0111]: rate must be a rate such as 500/s, "
        "found '10k/s'\n"
        "help: write 10000/s\n"
        "torvyn.yaml:10:24: error[E0111]: rate must be a rate such as 500/s, "
        "found '0/s'\n"
        "torvyn.yaml:11:24: error[E0111]: rate must be a rate such as 500/s, "
        "found '0.5/s'\n"
        "torvyn.yaml:12:24: error[E0111]: rate must be a rate such as 500/s, "
        "found 'fast'\n"
        "torvyn.yaml:13:24: error[E0111]: rate must be from 1/s to "
        "1000000000/s, found '2000000000/s'\n"},
    {"without a rate",
        FLOW STAGES "edges:\n"
                    "  - in -> out: { overflow: rate-limit }\n"
                    "  - in -> out: { burst: 50 }\n"
                    "  - in -> out: { overflow: rate-limit, burst: 0 }\n"
                    "  - in -> out: { overflow: rate-limit, rate: 5 }\n",
        "torvyn.yaml:6:28: error[E0112]: 'overflow: rate-limit' has no "
        "'rate'\n"
        "help: add the most events a second: { overflow: rate-limit, rate: "
        "500/s }\n"
        "torvyn.yaml:7:25: error[E0112]: 'burst' has no 'rate'\n"
        "help: it is how many events may come at once under a rate: { rate: "
        "500/s, burst: 50 }; what may wait is 'capacity'\n"
        "torvyn.yaml:8:28: error[E0112]: 'overflow: rate-limit' has no "
        "'rate'\n"
        "help: add the most events a second: { overflow: rate-limit, rate: "
        "500/s }\n"
        "torvyn.yaml:8:47: error[E0111]: burst must be a number from 1 to "
        "1048576, found '0'\n"
        "torvyn.yaml:8:47: error[E0112]: 'burst' has no 'rate'\n"
        "help: it is how many events may come at once under a rate: { rate: "
        "500/s, burst: 50 }; what may wait is 'capacity'\n"
        "torvyn.yaml:9:46: error[E0111]: rate must be a rate such as 500/s, "
        "found '5'\n"
        "help: write 5/s\n"},
    {"defaults without a rate",
        FLOW STAGES EDGES "defaults: { edge: { overflow: rate-limit } }\n",
        "torvyn.yaml:7:31: error[E0112]: 'overflow: rate-limit' has no "
        "'rate'\n"
        "help: add the most events a second: { overflow: rate-limit, rate: "
        "500/s }\n"},
    {"retries",
        FLOW "stages:\n" IN OUT "  a: { build: a.c, on-error: { retry: -1 } }\n"
             "  b: { build: a.c, on-error: { retry: always } }\n"
             "  c: { build: a.c, on-error: { retry: for-ever } }\n"
             "  d: { build: a.c, on-error: { retry: 3x } }\n"
             "  e: { build: a.c, on-error: { retry: { count: 3 } } }\n"
             "  f: { build: a.c, on-error: retry }\n"
             "  g: { build: a.c, on-error: { backoff: 1s } }\n"
             "  h: { build: a.c, on-error: { retry: 4294967295 } }\n" EDGES,
        "torvyn.yaml:5:39: error[E0111]: retry must be a number of tries from "
        "0 to 4294967294 or forever, found '-1'\n"
        "help: write forever\n"
        "torvyn.yaml:6:39: error[E0111]: retry must be a number of tries from "
        "0 to 4294967294 or forever, found 'always'\n"
        "torvyn.yaml:7:39: error[E0111]: retry must be a number of tries from "
        "0 to 4294967294 or forever, found 'for-ever'\n"
        "help: write forever\n"
        "torvyn.yaml:8:39: error[E0111]: retry must be a number of tries from "
        "0 to 4294967294 or forever, found '3x'\n"
        "torvyn.yaml:9:39: error[E0111]: retry must be a number of tries from "
        "0 to 4294967294 or forever, found a mapping\n"
        "torvyn.yaml:10:30: error[E0111]: on-error must be stop, drop or "
        "dead-letter, found 'retry'\n"
        "help: write { retry: 3 }, or { retry: forever }\n"
        "torvyn.yaml:11:41: error[E0112]: 'backoff' has no 'retry': nothing "
        "is tried again\n"
        "help: add retry: 3, or retry: forever\n"
        "torvyn.yaml:12:39: error[E0111]: retry must be a number of tries "
        "from 0 to 4294967294 or forever, found '4294967295'\n"},
    {"backoffs",
        FLOW "stages:\n" IN OUT
             "  a: { build: a.c, on-error: { retry: 1, backoff: 1s..10ms } }\n"
             "  b: { build: a.c, on-error: { retry: 1, backoff: 10ms-1s } }\n"
             "  c: { build: a.c, on-error: { retry: 1, backoff: [10ms, 1s] } "
             "}\n"
             "  d: { build: a.c, on-error: { retry: 1, backoff: 10..1000 } }\n"
             "  e: { build: a.c, on-error: { retry: 1, backoff: 100 } }\n"
             "  f: { build: a.c, on-error: { retry: 1, backoff: 0s..1s } }\n"
             "  g: { build: a.c, on-error: { retry: 1, backoff: 1s..25h } }\n"
             "  h: { build: a.c, on-error: { retry: 1, backoff: ..1s } }\n"
             "  i: { build: a.c, on-error: { retry: 1, backoff: 1s...2s } }\n"
             "  j: { build: a.c, on-error: { retry: 1, backoff: { min: 1s } } "
             "}\n" EDGES,
        "torvyn.yaml:5:51: error[E0111]: backoff goes from the shorter to the "
        "longer, found '1s..10ms'\n"
        "help: write 10ms..1s\n"
        "torvyn.yaml:6:51: error[E0111]: backoff must be a duration with a "
        "unit (ns, us, ms, s, m or h), found '10ms-1s'\n"
        "help: write 10ms..1s\n"
        "torvyn.yaml:7:51: error[E0111]: backoff must be a duration with a "
        "unit (ns, us, ms, s, m or h), found a sequence\n"
        "help: write 10ms..1s\n"
        "torvyn.yaml:8:51: error[E0111]: backoff must be a duration with a "
        "unit (ns, us, ms, s, m or h), found '10'\n"
        "help: write 10ms, or the unit that is meant\n"
        "torvyn.yaml:9:51: error[E0111]: backoff must be a duration with a "
        "unit (ns, us, ms, s, m or h), found '100'\n"
        "help: write 100ms, or the unit that is meant\n"
        "torvyn.yaml:10:51: error[E0111]: backoff must be from 1ms to 24h, "
        "found '0s'\n"
        "torvyn.yaml:11:55: error[E0111]: backoff must be from 1ms to 24h, "
        "found '25h'\n"
        "torvyn.yaml:12:51: error[E0111]: backoff must be a duration with a "
        "unit (ns, us, ms, s, m or h), found nothing\n"
        "torvyn.yaml:13:51: error[E0111]: backoff must be a duration with a "
        "unit (ns, us, ms, s, m or h), found '1s...2s'\n"
        "help: write 1s..2s\n"
        "torvyn.yaml:14:51: error[E0111]: backoff must be a duration with a "
        "unit (ns, us, ms, s, m or h), found a mapping\n"
        "help: write 10ms..1s, or one duration\n"},
    {"states",
        FLOW "stages:\n" IN "  out: { sink: { file: out }, state: keep }\n"
             "  x: { build: a.c, state: windows }\n" EDGES,
        "torvyn.yaml:4:31: error[E0113]: 'state' is a key of guests, stage "
        "'out' is a sink\n"
        "torvyn.yaml:5:27: error[E0111]: state must be keep or window, found "
        "'windows'\n"
        "help: did you mean 'window'?\n"},
    {"threads",
        FLOW STAGES EDGES "threads:\n"
                          "  slow: [in, uot]\n"
                          "  other: [out, in]\n"
                          "  same: [out, out]\n"
                          "  empty: []\n"
                          "  none:\n"
                          "  deep: { stages: [in] }\n"
                          "  my thread: nothing-like-it\n",
        "torvyn.yaml:8:14: error[E0116]: thread 'slow': there is no stage "
        "'uot'\n"
        "help: did you mean 'out'?\n"
        "torvyn.yaml:9:16: error[E0116]: stage 'in' is on two threads, 'slow' "
        "and 'other'\n"
        "  torvyn.yaml:8:10: the first one\n"
        "torvyn.yaml:10:10: error[E0116]: stage 'out' is on two threads, "
        "'other' and 'same'\n"
        "  torvyn.yaml:9:11: the first one\n"
        "torvyn.yaml:10:15: error[E0116]: stage 'out' is on two threads, "
        "'other' and 'same'\n"
        "  torvyn.yaml:9:11: the first one\n"
        "torvyn.yaml:11:3: error[E0116]: thread 'empty' has no stages\n"
        "help: name them: threads: { NAME: [STAGE, ...] }\n"
        "torvyn.yaml:12:3: error[E0116]: thread 'none' has no stages\n"
        "help: name them: threads: { NAME: [STAGE, ...] }\n"
        "torvyn.yaml:13:9: error[E0111]: a thread's stages must be a "
        "sequence, found a mapping\n"
        "torvyn.yaml:14:3: error[E0116]: 'my thread' is not a name of a "
        "thread\n"
        "help: a name has letters, digits, '-' and '_', begins with a "
        "letter, does not end with '-', and is at most 64 long\n"
        "torvyn.yaml:14:14: error[E0116]: thread 'my thread': there is no "
        "stage 'nothing-like-it'\n"
        "help: there is: in, out\n"},
    {"one thread and its stage twice",
        FLOW STAGES EDGES "threads: { slow: [out, in, out] }\n",
        "torvyn.yaml:7:28: error[E0116]: thread 'slow' names stage 'out' "
        "twice\n"
        "  torvyn.yaml:7:19: the first one\n"},
    {"threads without names", FLOW STAGES EDGES "threads: [[in], [out]]\n",
        "torvyn.yaml:7:10: error[E0111]: threads must be a mapping, found a "
        "sequence\n"
        "help: a thread has a name: threads: { NAME: [STAGE, ...] }\n"},
    {"a number of threads", FLOW STAGES EDGES "threads: 4\n",
        "torvyn.yaml:7:10: error[E0111]: threads must be a mapping, found "
        "'4'\n"
        "help: a thread has a name: threads: { NAME: [STAGE, ...] }\n"},
    {"threads that are required",
        FLOW STAGES EDGES "require: { threads: yes }\n",
        "torvyn.yaml:7:21: error[E0111]: threads must be true or false, found "
        "'yes'\n"
        "help: write true\n"},
};

int
main(void)
{
    tvn__testing_enter();
    tvn__testing_mistakes(mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
    tvn__testing_leave();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
