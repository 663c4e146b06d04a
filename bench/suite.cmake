# Programs of the benchmark; the stories use the generator too.
add_executable(make_logs bench/make_logs.c)
target_link_libraries(make_logs PRIVATE fw_demo)
