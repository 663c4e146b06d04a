# deps.cmake - libraries of the system, by folder that uses them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
foreach(lib jansson yaml-0.1 libdeflate zlib libzstd libzip libpcre2-8 libcrypto cmocka)
    string(MAKE_C_IDENTIFIER ${lib} id)
    if(lib STREQUAL cmocka AND NOT FW_TESTS)
        continue()
    endif()
    pkg_check_modules(${id} REQUIRED IMPORTED_TARGET ${lib})
endforeach()

# MaxMind databases are read where the library is there.
pkg_check_modules(libmaxminddb IMPORTED_TARGET libmaxminddb)

set(libs_intel PkgConfig::libpcre2_8)
if(libmaxminddb_FOUND)
    list(APPEND libs_intel PkgConfig::libmaxminddb)
    set_source_files_properties(src/intel/asn.c PROPERTIES COMPILE_DEFINITIONS FW_MAXMINDDB)
endif()
set(libs_codec PkgConfig::jansson PkgConfig::yaml_0_1 PkgConfig::libdeflate PkgConfig::zlib
    PkgConfig::libzstd PkgConfig::libzip PkgConfig::libcrypto)
set(libs_rule PkgConfig::libpcre2_8)
set(libs_sys Threads::Threads)
set(libs_base m)
