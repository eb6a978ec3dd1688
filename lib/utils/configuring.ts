/** Config options: get and set. */
import type { ConfigOption, ConfigOptionName, ConfigOptionValue, ConfigTarget, ConfigValueOf } from "./config.ts";
import { UtilsCore } from "./core.ts";

/** The name of an option that only a newer library knows: any but those that have a type here. */
type NewName<Name extends string> = Name extends ConfigOptionName ? never : Name;

/** @internal */
export abstract class Configuring extends UtilsCore {
  /**
   * Every config option that the loaded library has, asked of the library itself: name, type, narrowest scope, global
   * value; also those that are newer than this package. Options that hold C functions are listed too, without a value;
   * they can't be set.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingUtils::IterateGenericEditableConfigValues`,
   * `GetConfigValueInfo`, `GetConfigValue`.
   */
  configOptions(): ConfigOption[] {
    return this.config.all();
  }

  /**
   * What the library tells of one option; undefined when it has none of this name.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingUtils::GetConfigValueInfo`.
   */
  getConfigValueInfo(name: string): ConfigOption | undefined {
    return this.config.info(name);
  }

  /**
   * Sets a config option, by default for everything until the network is closed. What is set for a listen socket counts
   * for the connections that it took and takes, but for those for which it was set themselves. The library moves a
   * number beyond its own limits to the nearest one within.
   *
   * Options that only a newer library has are set by the name that the library itself has for them; only then is it known
   * whether their value is of the right type.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingUtils::SetConfigValue`.
   *
   * @throws ConfigOptionError when the library has no such option, it holds a pointer, can't be set for this target,
   * or the library refuses the value.
   * @throws HandleError when the target does not exist.
   * @throws TypeError, RangeError when the value is of the wrong type or out of range.
   */
  setConfigValue<Name extends ConfigOptionName>(
    name: Name,
    value: ConfigOptionValue<Name>,
    target?: ConfigTarget,
  ): void;
  setConfigValue<Name extends string>(
    name: NewName<Name>,
    value: number | bigint | string,
    target?: ConfigTarget,
  ): void;
  setConfigValue(name: string, value: number | bigint | string, target: ConfigTarget = "global"): void {
    this.config.write(name, value, target);
  }

  /**
   * The value of a config option: the one in force for the target, set or inherited. Undefined when the target does not
   * exist, and where the library does not tell.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingUtils::GetConfigValue`.
   *
   * @throws ConfigOptionError when the library has no such option or it holds a pointer.
   */
  getConfigValue<Name extends ConfigOptionName>(name: Name, target?: ConfigTarget): ConfigValueOf<Name> | undefined;
  getConfigValue<Name extends string>(name: NewName<Name>, target?: ConfigTarget): number | bigint | string | undefined;
  getConfigValue(name: string, target: ConfigTarget = "global"): number | bigint | string | undefined {
    return this.config.read(this.config.settable(name), target);
  }

  /**
   * Whether a config option was set for just this target, and does not inherit its value from something wider.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingUtils::GetConfigValue`, which answers `OK` and not
   * `OKInherited`.
   *
   * @throws ConfigOptionError when the library has no such option or it holds a pointer.
   */
  isConfigValueSet(name: ConfigOptionName | (string & {}), target: ConfigTarget): boolean {
    return this.config.own(name, target) !== undefined;
  }

  /**
   * Takes back what was set: the target has its value from something wider again; everything, the library's default.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingUtils::SetConfigValue` with NULL.
   *
   * @throws ConfigOptionError when the library has no such option, it holds a pointer, or the library refuses.
   * @throws HandleError when the target does not exist.
   */
  resetConfigValue(name: ConfigOptionName | (string & {}), target: ConfigTarget = "global"): void {
    this.config.reset(name, target);
  }
}
