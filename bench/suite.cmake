# bench/suite.cmake - programs that measure, run by ./dev bench; the stories use the generator too.
add_executable(make_logs bench/make_logs.c)
target_link_libraries(make_logs PRIVATE fw_demo)
add_executable(bench_match bench/bench_match.c)
target_link_libraries(bench_match PRIVATE fw_rule fw_demo)
add_executable(bench_scan bench/bench_scan.c bench/records.c)
target_link_libraries(bench_scan PRIVATE fw_codec)
add_executable(bench_intel bench/bench_intel.c)
target_link_libraries(bench_intel PRIVATE fw_intel)
