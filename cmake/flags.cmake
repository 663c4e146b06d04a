# flags.cmake - warnings (errors all), hardening, sanitizers.
include(CheckCCompilerFlag)

set(warnings
    -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wshadow -Wundef -Wcast-qual
    -Wcast-align -Wwrite-strings -Wpointer-arith -Wbad-function-cast -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wredundant-decls -Wnested-externs -Wvla
    -Wformat=2 -Wswitch-enum -Wfloat-equal -Wdate-time -Wunused-macros
    -fno-common)
# What only one of the two compilers knows.
set(maybe
    -Wformat-signedness -Wcast-align=strict -Walloca -Walloc-zero -Wformat-overflow=2 -Wformat-truncation=1
    -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wnull-dereference
    -Wimplicit-fallthrough=5 -Wjump-misses-init -Wuse-after-free=3 -Wdangling-pointer=2
    -Warray-bounds=2 -Wstringop-overflow=4 -Wshift-overflow=2 -Wtrampolines -Wbidi-chars=any
    -Wcomma -Wthread-safety -Wconditional-uninitialized -Wimplicit-fallthrough)
foreach(flag IN LISTS maybe)
    string(MAKE_C_IDENTIFIER "have${flag}" var)
    check_c_compiler_flag("-Werror ${flag}" ${var})
    if(${var})
        list(APPEND warnings ${flag})
    endif()
endforeach()
if(CMAKE_C_COMPILER_ID MATCHES Clang)
    # clang 14 takes "%.*s" with STR_ARG for a signedness mismatch; gcc checks it rightly.
    list(APPEND warnings -Wno-format-nonliteral -Wno-gnu-zero-variadic-macro-arguments)
endif()

add_compile_options(${warnings})
add_compile_definitions(_GNU_SOURCE FW_VERSION="${PROJECT_VERSION}")
include_directories(${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR})

if(FW_SANITIZE OR FW_FUZZ)
    add_compile_options(-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined
                        -fno-sanitize-recover=all)
    add_link_options(-fsanitize=address,undefined)
    if(FW_FUZZ)
        add_compile_options(-fsanitize=fuzzer-no-link)
    endif()
else()
    add_compile_options(
        -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
        -fstack-clash-protection -fcf-protection=full
        -fno-delete-null-pointer-checks -fno-strict-overflow -fPIE -fvisibility=hidden)
    check_c_compiler_flag("-Werror -ftrivial-auto-var-init=zero" have_auto_init) # clang 15, gcc 12
    if(have_auto_init)
        add_compile_options(-ftrivial-auto-var-init=zero)
    endif()
    add_link_options(-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code
                     -Wl,--as-needed)
endif()
