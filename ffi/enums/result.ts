/** How a call went (`EResult`). Few of these come from networking; Steam answers with any. */
export const Result = {
  /** `k_EResultNone`: no result */
  None: 0,
  /** `k_EResultOK`: done */
  OK: 1,
  /** `k_EResultFail`: failed, for no reason that has a code of its own */
  Fail: 2,
  /** `k_EResultNoConnection`: there is no such connection, or none to the network */
  NoConnection: 3,
  /** `k_EResultInvalidPassword`: the password or ticket is wrong */
  InvalidPassword: 5,
  /** `k_EResultLoggedInElsewhere`: the same user has logged in at another place */
  LoggedInElsewhere: 6,
  /** `k_EResultInvalidProtocolVer`: the other end speaks another version of the protocol */
  InvalidProtocolVer: 7,
  /** `k_EResultInvalidParam`: an argument is wrong */
  InvalidParam: 8,
  /** `k_EResultFileNotFound`: no such file */
  FileNotFound: 9,
  /** `k_EResultBusy`: busy; nothing was done */
  Busy: 10,
  /** `k_EResultInvalidState`: not possible in the state that the object is in */
  InvalidState: 11,
  /** `k_EResultInvalidName`: the name is not allowed */
  InvalidName: 12,
  /** `k_EResultInvalidEmail`: the e-mail address is not allowed */
  InvalidEmail: 13,
  /** `k_EResultDuplicateName`: the name is taken */
  DuplicateName: 14,
  /** `k_EResultAccessDenied`: not allowed */
  AccessDenied: 15,
  /** `k_EResultTimeout`: no answer in time */
  Timeout: 16,
  /** `k_EResultBanned`: banned by VAC */
  Banned: 17,
  /** `k_EResultAccountNotFound`: no such account */
  AccountNotFound: 18,
  /** `k_EResultInvalidSteamID`: not a Steam ID */
  InvalidSteamID: 19,
  /** `k_EResultServiceUnavailable`: the service can't be reached at present */
  ServiceUnavailable: 20,
  /** `k_EResultNotLoggedOn`: the user is not logged on */
  NotLoggedOn: 21,
  /** `k_EResultPending`: under way; the outcome comes later */
  Pending: 22,
  /** `k_EResultEncryptionFailure`: encrypting or decrypting failed */
  EncryptionFailure: 23,
  /** `k_EResultInsufficientPrivilege`: the caller lacks the right */
  InsufficientPrivilege: 24,
  /** `k_EResultLimitExceeded`: more than is allowed: a buffer, a queue or a quota is full */
  LimitExceeded: 25,
  /** `k_EResultRevoked`: access was taken back */
  Revoked: 26,
  /** `k_EResultExpired`: out of date */
  Expired: 27,
  /** `k_EResultAlreadyRedeemed`: redeemed before */
  AlreadyRedeemed: 28,
  /** `k_EResultDuplicateRequest`: the same was asked before and done then */
  DuplicateRequest: 29,
  /** `k_EResultAlreadyOwned`: everything in it is owned already */
  AlreadyOwned: 30,
  /** `k_EResultIPNotFound`: no such IP address */
  IPNotFound: 31,
  /** `k_EResultPersistFailed`: the change could not be stored */
  PersistFailed: 32,
  /** `k_EResultLockingFailed`: the lock that this needs could not be had */
  LockingFailed: 33,
  /** `k_EResultLogonSessionReplaced`: a newer logon took this one's place */
  LogonSessionReplaced: 34,
  /** `k_EResultConnectFailed`: could not connect */
  ConnectFailed: 35,
  /** `k_EResultHandshakeFailed`: the handshake failed */
  HandshakeFailed: 36,
  /** `k_EResultIOFailure`: reading or writing failed */
  IOFailure: 37,
  /** `k_EResultRemoteDisconnect`: the other end hung up */
  RemoteDisconnect: 38,
  /** `k_EResultShoppingCartNotFound`: no such shopping cart */
  ShoppingCartNotFound: 39,
  /** `k_EResultBlocked`: a user forbade it */
  Blocked: 40,
  /** `k_EResultIgnored`: dropped: the other end ignores us, or a `NoDelay` message would have had to wait */
  Ignored: 41,
  /** `k_EResultNoMatch`: nothing fits the request */
  NoMatch: 42,
  /** `k_EResultAccountDisabled`: the account is disabled */
  AccountDisabled: 43,
  /** `k_EResultServiceReadOnly`: the service takes no changes at present */
  ServiceReadOnly: 44,
  /** `k_EResultAccountNotFeatured`: the account is not worth enough for this feature */
  AccountNotFeatured: 45,
  /** `k_EResultAdministratorOK`: allowed only because an administrator asked */
  AdministratorOK: 46,
  /** `k_EResultContentVersion`: content of another version */
  ContentVersion: 47,
  /** `k_EResultTryAnotherCM`: this connection server can't serve the user, another may */
  TryAnotherCM: 48,
  /** `k_EResultPasswordRequiredToKickSession`: logged in elsewhere, and the stored login is not enough to end that */
  PasswordRequiredToKickSession: 49,
  /** `k_EResultAlreadyLoggedInElsewhere`: logged in elsewhere; wait */
  AlreadyLoggedInElsewhere: 50,
  /** `k_EResultSuspended`: a long task was paused */
  Suspended: 51,
  /** `k_EResultCancelled`: a task was called off */
  Cancelled: 52,
  /** `k_EResultDataCorruption`: the data is damaged */
  DataCorruption: 53,
  /** `k_EResultDiskFull`: no room on the disk */
  DiskFull: 54,
  /** `k_EResultRemoteCallFailed`: a call to another process or host failed */
  RemoteCallFailed: 55,
  /** `k_EResultPasswordUnset`: the account has no password to compare with */
  PasswordUnset: 56,
  /** `k_EResultExternalAccountUnlinked`: the outside account is not linked to a Steam account */
  ExternalAccountUnlinked: 57,
  /** `k_EResultPSNTicketInvalid`: the PlayStation ticket is wrong */
  PSNTicketInvalid: 58,
  /** `k_EResultExternalAccountAlreadyLinked`: the outside account is linked to another Steam account */
  ExternalAccountAlreadyLinked: 59,
  /** `k_EResultRemoteFileConflict`: local and remote files contradict each other */
  RemoteFileConflict: 60,
  /** `k_EResultIllegalPassword`: the new password is not allowed */
  IllegalPassword: 61,
  /** `k_EResultSameAsPreviousValue`: the new value is the old one */
  SameAsPreviousValue: 62,
  /** `k_EResultAccountLogonDenied`: logon refused: second factor missing */
  AccountLogonDenied: 63,
  /** `k_EResultCannotUseOldPassword`: that password was used before */
  CannotUseOldPassword: 64,
  /** `k_EResultInvalidLoginAuthCode`: the logon code is wrong */
  InvalidLoginAuthCode: 65,
  /** `k_EResultAccountLogonDeniedNoMail`: logon refused for want of a second factor, and no mail was sent */
  AccountLogonDeniedNoMail: 66,
  /** `k_EResultHardwareNotCapableOfIPT`: the hardware can't do identity protection */
  HardwareNotCapableOfIPT: 67,
  /** `k_EResultIPTInitError`: identity protection did not start */
  IPTInitError: 68,
  /** `k_EResultParentalControlRestricted`: parental controls forbid it */
  ParentalControlRestricted: 69,
  /** `k_EResultFacebookQueryError`: Facebook answered with an error */
  FacebookQueryError: 70,
  /** `k_EResultExpiredLoginAuthCode`: the logon code is out of date */
  ExpiredLoginAuthCode: 71,
  /** `k_EResultIPLoginRestrictionFailed`: no login from this IP address */
  IPLoginRestrictionFailed: 72,
  /** `k_EResultAccountLockedDown`: the account is locked */
  AccountLockedDown: 73,
  /** `k_EResultAccountLogonDeniedVerifiedEmailRequired`: logon refused: the e-mail address must be verified */
  AccountLogonDeniedVerifiedEmailRequired: 74,
  /** `k_EResultNoMatchingURL`: no URL fits */
  NoMatchingURL: 75,
  /** `k_EResultBadResponse`: the answer could not be read */
  BadResponse: 76,
  /** `k_EResultRequirePasswordReEntry`: the password must be entered again */
  RequirePasswordReEntry: 77,
  /** `k_EResultValueOutOfRange`: the value is out of range */
  ValueOutOfRange: 78,
  /** `k_EResultUnexpectedError`: something that should never happen */
  UnexpectedError: 79,
  /** `k_EResultDisabled`: the service is switched off */
  Disabled: 80,
  /** `k_EResultInvalidCEGSubmission`: the files for custom executable generation are not valid */
  InvalidCEGSubmission: 81,
  /** `k_EResultRestrictedDevice`: this device may not do that */
  RestrictedDevice: 82,
  /** `k_EResultRegionLocked`: not in this region */
  RegionLocked: 83,
  /** `k_EResultRateLimitExceeded`: too often; try again later */
  RateLimitExceeded: 84,
  /** `k_EResultAccountLoginDeniedNeedTwoFactor`: login needs a two-factor code */
  AccountLoginDeniedNeedTwoFactor: 85,
  /** `k_EResultItemDeleted`: the thing was deleted */
  ItemDeleted: 86,
  /** `k_EResultAccountLoginDeniedThrottle`: login refused: slow down */
  AccountLoginDeniedThrottle: 87,
  /** `k_EResultTwoFactorCodeMismatch`: the two-factor code is wrong */
  TwoFactorCodeMismatch: 88,
  /** `k_EResultTwoFactorActivationCodeMismatch`: the code that switches two-factor on is wrong */
  TwoFactorActivationCodeMismatch: 89,
  /** `k_EResultAccountAssociatedToMultiplePartners`: the account belongs to several partners */
  AccountAssociatedToMultiplePartners: 90,
  /** `k_EResultNotModified`: nothing was changed */
  NotModified: 91,
  /** `k_EResultNoMobileDevice`: the account has no mobile device */
  NoMobileDevice: 92,
  /** `k_EResultTimeNotSynced`: the clock is off */
  TimeNotSynced: 93,
  /** `k_EResultSmsCodeFailed`: the SMS code failed */
  SmsCodeFailed: 94,
  /** `k_EResultAccountLimitExceeded`: too many accounts use it */
  AccountLimitExceeded: 95,
  /** `k_EResultAccountActivityLimitExceeded`: too many changes to the account */
  AccountActivityLimitExceeded: 96,
  /** `k_EResultPhoneActivityLimitExceeded`: too many changes to the phone */
  PhoneActivityLimitExceeded: 97,
  /** `k_EResultRefundToWallet`: can be refunded to the wallet only */
  RefundToWallet: 98,
  /** `k_EResultEmailSendFailure`: the mail could not be sent */
  EmailSendFailure: 99,
  /** `k_EResultNotSettled`: the payment must settle first */
  NotSettled: 100,
  /** `k_EResultNeedCaptcha`: a captcha is needed */
  NeedCaptcha: 101,
  /** `k_EResultGSLTDenied`: a game server token of the same owner is banned */
  GSLTDenied: 102,
  /** `k_EResultGSOwnerDenied`: the game server's owner is refused */
  GSOwnerDenied: 103,
  /** `k_EResultInvalidItemType`: the wrong type of thing */
  InvalidItemType: 104,
  /** `k_EResultIPBanned`: the IP address is banned from this */
  IPBanned: 105,
  /** `k_EResultGSLTExpired`: the game server token was not used for too long */
  GSLTExpired: 106,
  /** `k_EResultInsufficientFunds`: not enough money in the wallet */
  InsufficientFunds: 107,
  /** `k_EResultTooManyPending`: too many of these wait already */
  TooManyPending: 108,
  /** `k_EResultNoSiteLicensesFound`: no site license */
  NoSiteLicensesFound: 109,
  /** `k_EResultWGNetworkSendExceeded`: the answer is larger than the network allows */
  WGNetworkSendExceeded: 110,
  /** `k_EResultAccountNotFriends`: the two are not friends */
  AccountNotFriends: 111,
  /** `k_EResultLimitedUserAccount`: the account is limited */
  LimitedUserAccount: 112,
  /** `k_EResultCantRemoveItem`: the item can't be removed */
  CantRemoveItem: 113,
  /** `k_EResultAccountDeleted`: the account was deleted */
  AccountDeleted: 114,
  /** `k_EResultExistingUserCancelledLicense`: there was such a license, and the user cancelled it */
  ExistingUserCancelledLicense: 115,
  /** `k_EResultCommunityCooldown`: refused for a while by the community */
  CommunityCooldown: 116,
  /** `k_EResultNoLauncherSpecified`: a launcher must be named */
  NoLauncherSpecified: 117,
  /** `k_EResultMustAgreeToSSA`: the subscriber agreement must be accepted first */
  MustAgreeToSSA: 118,
  /** `k_EResultLauncherMigrated`: that launcher is no longer supported */
  LauncherMigrated: 119,
  /** `k_EResultSteamRealmMismatch`: the user and the thing belong to different realms */
  SteamRealmMismatch: 120,
  /** `k_EResultInvalidSignature`: the signature is wrong */
  InvalidSignature: 121,
  /** `k_EResultParseFailure`: the input could not be read */
  ParseFailure: 122,
  /** `k_EResultNoVerifiedPhone`: the account has no verified phone number */
  NoVerifiedPhone: 123,
  /** `k_EResultInsufficientBattery`: the battery is too low */
  InsufficientBattery: 124,
  /** `k_EResultChargerRequired`: the charger must be plugged in */
  ChargerRequired: 125,
  /** `k_EResultCachedCredentialInvalid`: the stored login is no longer good */
  CachedCredentialInvalid: 126,
  /** `K_EResultPhoneNumberIsVOIP`: the phone number is a Voice over IP one */
  PhoneNumberIsVOIP: 127,
  /** `k_EResultNotSupported`: this interface does not give that data */
  NotSupported: 128,
  /** `k_EResultFamilySizeLimitExceeded`: the family is full */
  FamilySizeLimitExceeded: 129,
  /** `k_EResultOfflineAppCacheInvalid`: what is stored is not enough for offline mode */
  OfflineAppCacheInvalid: 130,
  /** `k_EResultTryLater`: try again later */
  TryLater: 131,
} as const;
/** One of {@link Result}. */
export type Result = (typeof Result)[keyof typeof Result];
