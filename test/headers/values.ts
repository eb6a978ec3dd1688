/** Values that C++ puts into the fields of structs, and what we read where we say that these lie. */
import { layoutOf, type CallbackPacking, type Field, type Layout, type Struct } from "../../ffi/layout.ts";
import { ourStructs, type Facts } from "./facts.ts";
import type { RealHeaders } from "./headers.ts";

/** What was put into each field, and what we read of it. */
export interface Values {
  /** As C++ prints its own fields. */
  readonly put: Facts;
  /** As we read them; where other bytes than the field's were changed, it says so. */
  readonly read: Facts;
}

// Each field gets another value, negative where its type allows, and each element of it another one.
const declarations = `
  #include <cstdint>
  #include <cstring>
  #include <string>
  template <class T> void fill(T &field, long long seed) {
    if constexpr (std::is_array<T>::value) {
      for (auto &element : field) fill(element, seed -= 7);
    } else if constexpr (std::is_pointer<T>::value) {
      field = (T)(uintptr_t)(0x1122334400000000 - seed);
    } else if constexpr (std::is_class<T>::value || std::is_union<T>::value) {
      unsigned char bytes[sizeof(T)];
      for (auto &byte : bytes) byte = (unsigned char)(seed -= 7);
      memcpy((void *)&field, bytes, sizeof field);
    } else if constexpr (std::is_floating_point<T>::value) {
      field = (T)seed / 8;
    } else if constexpr (sizeof(T) == 8) {
      field = (T)(seed * 1000000007);
    } else {
      field = (T)seed;
    }
  }
  template <class T> std::string text(const T &field) {
    std::string all;
    if constexpr (std::is_array<T>::value) {
      for (const auto &element : field) all += (all.empty() ? "" : ",") + text(element);
      return all;
    } else if constexpr (std::is_pointer<T>::value) {
      return std::to_string((unsigned long long)(uintptr_t)field);
    } else if constexpr (std::is_class<T>::value || std::is_union<T>::value) {
      unsigned char bytes[sizeof(T)];
      memcpy(bytes, (const void *)&field, sizeof bytes);
      return text(bytes);
    } else if constexpr (sizeof(T) == 1 && !std::is_same<T, bool>::value) {
      return std::to_string((int)(unsigned char)field);
    } else if constexpr (std::is_enum<T>::value) {
      return std::to_string((int)field);
    } else {
      return std::to_string(field);
    }
  }
  template <class T> void tell(const char *name, const T &whole, const std::string &value) {
    printf("%s\\t%s ", name, value.c_str());
    for (size_t i = 0; i < sizeof whole; i++) printf("%02x", ((const unsigned char *)&whole)[i]);
    printf("\\n");
  }`;

/** Has C++ fill each field of each struct that a header defines, alone in a struct of zeros. */
export async function valuesOf(
  header: RealHeaders,
  packing: CallbackPacking,
  structs: Readonly<Record<string, Struct>> = ourStructs,
): Promise<Values> {
  const lines: string[] = [];
  const readers = new Map<string, (whole: Buffer) => string>();
  for (const [name, struct] of Object.entries(structs)) {
    if (!struct.headers.includes(header.name) || !header.defines(name)) continue;
    const layout = layoutOf(struct, packing);
    for (const [member, field] of Object.entries(struct.fields)) {
      const key = `${name}.${field.c}`;
      readers.set(key, (whole) => readField(whole, field, member, layout));
      const value = `static std::remove_reference<decltype(((${name} *)0)->${field.c})>::type value`;
      const whole = `static unsigned char whole[sizeof(${name})]`;
      const copy = `memcpy(whole + offsetof(${name}, ${field.c}), (const void *)&value, sizeof value)`;
      lines.push(`{ ${value}; ${whole}; fill(value, -${1001 * readers.size}); ${copy};`);
      lines.push(`  tell("${key}", whole, text(value)); }`);
    }
  }
  const answers = await header.ask(declarations, lines.join("\n"), packing);
  const put = new Map<string, string>();
  const read = new Map<string, string>();
  for (const [key, answer] of answers) {
    const [value = "", bytes = ""] = answer.split(" ");
    put.set(key, value);
    read.set(key, readers.get(key)?.(Buffer.from(bytes, "hex")) ?? "nothing");
  }
  return { put, read };
}

function readField(whole: Buffer, { type, count = 1 }: Field, member: string, layout: Layout<string>): string {
  const [at, length] = [layout.offsets[member] ?? 0, layout.sizes[member] ?? 0];
  const others = Buffer.concat([whole.subarray(0, at), whole.subarray(at + length)]);
  if (others.some((byte) => byte !== 0)) return `bytes outside of ${at} to ${at + length}`;
  const bytes = whole.subarray(at, at + length);
  if (typeof type !== "string") return bytes.join();
  const size = length / count;
  return Array.from({ length: count }, (_, index) => {
    const place = index * size;
    switch (type) {
      case "char":
      case "bool":
      case "u8":
        return bytes.readUInt8(place);
      case "u16":
        return bytes.readUInt16LE(place);
      case "i32":
        return bytes.readInt32LE(place);
      case "u32":
        return bytes.readUInt32LE(place);
      case "f32":
        return bytes.readFloatLE(place).toFixed(6);
      case "i64":
        return bytes.readBigInt64LE(place);
      default:
        return bytes.readBigUInt64LE(place);
    }
  }).join();
}
