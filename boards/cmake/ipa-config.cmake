# SPDX-License-Identifier: Apache-2.0
# find_package(ipa 0.1 REQUIRED CONFIG): targets whose sources are compiled with yours, by your compiler and with your options.
#   ipa::<variant>          the module translated to C (ipa_VARIANTS names all), and what the loop must know of it; take one
#   ipa::<variant>-small    the same in its smallest form: a third less flash, and some forty times the instructions
#   ipa::<variant>-wasm     the same variant as bytes, ipa_wasm and ipa_wasm_length (ipa_wasm.h), for an interpreter
#   ipa::wasm3, ipa::wamr   the interpreters' glue; their own sources and include folders come from you
#   ipa::loop               the loop between module and port
#   ipa::serial-network     the network functions of the port over a second UART
# ipa_FOLDER is where the package lies: ${ipa_FOLDER}/template has the port to be filled in.
include("${CMAKE_CURRENT_LIST_DIR}/ipa-variants.cmake")
get_filename_component(ipa_FOLDER "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)

# Adds a target of these sources, relative to the package, unless it is there already.
function(_ipa_add name)
  cmake_parse_arguments(PARSE_ARGV 1 given "" "" "SOURCES;INCLUDES;DEFINITIONS")
  if(TARGET ipa::${name})
    return()
  endif()
  list(TRANSFORM given_SOURCES PREPEND "${ipa_FOLDER}/")
  list(TRANSFORM given_INCLUDES PREPEND "${ipa_FOLDER}/")
  add_library(ipa::${name} INTERFACE IMPORTED)
  set_target_properties(ipa::${name} PROPERTIES
    INTERFACE_SOURCES "${given_SOURCES}"
    INTERFACE_INCLUDE_DIRECTORIES "${ipa_FOLDER}/include;${given_INCLUDES}"
    INTERFACE_COMPILE_DEFINITIONS "${given_DEFINITIONS}"
    INTERFACE_COMPILE_FEATURES c_std_11)
endfunction()

foreach(_ipa_variant IN LISTS ipa_VARIANTS)
  set(_ipa_definitions ${ipa_DEFINITIONS_${_ipa_variant}})
  _ipa_add(${_ipa_variant} SOURCES native/${_ipa_variant}/ipa_module.c INCLUDES runtime/native DEFINITIONS ${_ipa_definitions})
  _ipa_add(${_ipa_variant}-small
    SOURCES native-small/${_ipa_variant}/ipa_module.c INCLUDES runtime/native DEFINITIONS ${_ipa_definitions})
  _ipa_add(${_ipa_variant}-wasm SOURCES wasm/${_ipa_variant}.c INCLUDES wasm DEFINITIONS ${_ipa_definitions})
endforeach()
foreach(_ipa_part IN LISTS ipa_PARTS)
  _ipa_add(${_ipa_part} SOURCES ${ipa_SOURCES_${_ipa_part}} INCLUDES ${ipa_INCLUDES_${_ipa_part}})
endforeach()
