#include "command.h"

#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace bench {

std::optional<Command> Command::Read() {
  std::string line;
  if (!std::getline(std::cin, line)) {
    return std::nullopt;
  }
  return Command(std::move(line));
}

double Command::Number(std::string_view name) const { return std::strtod(Value(name), nullptr); }

bool Command::Flag(std::string_view name) const { return *Value(name) == 't'; }

std::string_view Command::Text(std::string_view name) const {
  const std::string_view value(Value(name));
  return value.empty() ? value : value.substr(1, value.find('"', 1) - 1);
}

const char *Command::Value(std::string_view name) const {
  const std::string key = '"' + std::string(name) + "\":";
  const size_t at = line_.find(key);
  return at == std::string::npos ? "" : line_.c_str() + at + key.size();
}

Answer::~Answer() { std::cout << '{' << text_.str() << "}\n" << std::flush; }

void Fail(const char *what) {
  (void)std::fprintf(stderr, "%s\n", what);
  // At once: the library's threads may be anywhere.
  std::_Exit(1);
}

}  // namespace bench
