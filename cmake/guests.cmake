# guests.cmake -- C stages made into components at build time.
#
# The example's are built as a user builds them, by `torvyn build`.  Those of
# tests/guests/ are the other way to write one: wit-bindgen's C bindings.
#
#   torvyn_guest(WIT-FOLDER WORLD SOURCE OUTPUT-DIR)
#
# Bindings and component encoding come from wasmkit (the program witc), the
# code from clang-19 and wasi-libc.
find_program(TVN_WASM_CLANG NAMES clang-19 REQUIRED)

function(torvyn_guest wit world source dir)
  set(work ${CMAKE_BINARY_DIR}/guests/${dir}/${world})
  set(out ${CMAKE_BINARY_DIR}/${dir}/${world}.wasm)
  file(GLOB_RECURSE texts CONFIGURE_DEPENDS ${wit}/*.wit)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${work}
      ${CMAKE_BINARY_DIR}/${dir}
    COMMAND witc bind ${wit} ${world} ${work}
    COMMAND ${TVN_WASM_CLANG} --target=wasm32-wasi -O2 -mexec-model=reactor
      -nostdlibinc -isystem /usr/include/wasm32-wasi -Wall -Wextra -Werror
      -I${work} -g0 -Wl,--strip-debug ${source} ${work}/${world}.c
      ${work}/${world}_component_type.o -o ${work}/core.wasm
    COMMAND witc component ${work}/core.wasm ${out}
    DEPENDS witc ${source} ${texts}
    VERBATIM)
  string(REPLACE / _ target "guest_${dir}_${world}")
  add_custom_target(${target} ALL DEPENDS ${out})
  add_dependencies(guests ${target})
endfunction()

add_custom_target(guests)

add_custom_target(guests_flights ALL
  COMMAND torvyn build ${CMAKE_SOURCE_DIR}/examples/flights/torvyn.yaml
  VERBATIM)
add_dependencies(guests guests_flights)

foreach(world validate enrich route tally announce)
  torvyn_guest(${CMAKE_SOURCE_DIR}/examples/flights/wit ${world}
    ${CMAKE_SOURCE_DIR}/tests/guests/flights/${world}.c tests/guests/flights)
endforeach()
foreach(world trap spin grow reject unwilling talker visitor)
  torvyn_guest(${CMAKE_SOURCE_DIR}/tests/guests/wit ${world}
    ${CMAKE_SOURCE_DIR}/tests/guests/stages/${world}.c tests/guests)
endforeach()
