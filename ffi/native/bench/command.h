// What the driver says: one flat JSON object a line on standard input.
#pragma once

#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

namespace bench {

class Command {
 public:
  // The next one; nothing when the driver has gone.
  static std::optional<Command> Read();

  [[nodiscard]] double Number(std::string_view name) const;
  [[nodiscard]] int32_t Integer(std::string_view name) const { return static_cast<int32_t>(Number(name)); }
  [[nodiscard]] bool Flag(std::string_view name) const;
  [[nodiscard]] std::string_view Text(std::string_view name) const;

 private:
  explicit Command(std::string line) : line_(std::move(line)) {}

  // What stands behind the name and its colon; empty when the name is not there.
  [[nodiscard]] const char *Value(std::string_view name) const;

  std::string line_;
};

// What is said to the driver: one flat JSON object, written as a line when this ends.
class Answer {
 public:
  Answer() = default;
  Answer(const Answer &) = delete;
  Answer &operator=(const Answer &) = delete;
  ~Answer();

  template <typename T>
  Answer &With(const char *name, T value) {
    text_ << (text_.tellp() > 0 ? ",\"" : "\"") << name << "\":" << std::boolalpha << value;
    return *this;
  }

 private:
  std::ostringstream text_;
};

// Tells the driver why there is no figure, and ends the process.
[[noreturn]] void Fail(const char *what);

}  // namespace bench
