#!/bin/sh
# A rustc wrapper (RUSTC_WRAPPER) with the coverage flags of cargo-fuzz for our own crates, on any compiler. The
# dependencies are taken as they are: new paths of the reader are what the fuzzer should see. Overflow and debug
# assertions are on.
rustc=$1
shift
case " $* " in
*" --crate-name touchstone "* | *" --crate-name read_log "*)
    exec "$rustc" "$@" --cfg fuzzing -Cdebug-assertions -Coverflow-checks -Cpasses=sancov-module \
        -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
        -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares \
        -Cllvm-args=-simplifycfg-branch-fold-threshold=0
    ;;
*) exec "$rustc" "$@" ;;
esac
