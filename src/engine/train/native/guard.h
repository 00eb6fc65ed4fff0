// Exceptions as messages: none of them crosses the boundary to Rust.

#pragma once

#include <cstdlib>
#include <cstring>
#include <exception>

namespace touchstone {

inline char* copy_message(const char* text) {
  const size_t size = std::strlen(text) + 1;
  char* copy = static_cast<char*>(std::malloc(size));
  if (copy != nullptr) std::memcpy(copy, text, size);
  return copy;
}

// nullptr, or a message that the caller frees with ts_free.
template <typename F>
char* guarded(F&& body) {
  try {
    body();
    return nullptr;
  } catch (const std::exception& error) {
    return copy_message(error.what());
  } catch (...) {
    return copy_message("unknown C++ exception");
  }
}

}  // namespace touchstone
