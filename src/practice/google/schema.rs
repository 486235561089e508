//! The resources of the Drive API v3, as its discovery document names them (revision 20261106), and those
//! of the other APIs, so that an unknown name in `fields` is refused as Google refuses it.

mod pim;

/// The fields of each resource, written `name` or `name:Resource`; `*` stands for any names.
const RESOURCES: &[(&str, &str)] = &[
    (
        "About",
        "appInstalled canCreateDrives canCreateTeamDrives driveThemes:AboutDriveThemes exportFormats:* folderColorPalette importFormats:* kind maxImportSizes:* maxUploadSize storageQuota:AboutStorageQuota teamDriveThemes:AboutTeamDriveThemes user:User",
    ),
    ("AboutDriveThemes", "backgroundImageLink colorRgb id"),
    (
        "AboutStorageQuota",
        "limit usage usageInDrive usageInDriveTrash",
    ),
    ("AboutTeamDriveThemes", "backgroundImageLink colorRgb id"),
    (
        "Change",
        "changeType drive:Drive driveId file:File fileId kind removed teamDrive:TeamDrive teamDriveId time type",
    ),
    (
        "ChangeList",
        "changes:Change kind newStartPageToken nextPageToken",
    ),
    (
        "ClientEncryptionDetails",
        "decryptionMetadata:DecryptionMetadata encryptionState",
    ),
    (
        "ContentRestriction",
        "ownerRestricted readOnly reason restrictingUser:User restrictionTime systemRestricted type",
    ),
    (
        "DecryptionMetadata",
        "aes256GcmChunkSize encryptionResourceKeyHash jwt kaclsId kaclsName keyFormat wrappedKey",
    ),
    (
        "DownloadRestriction",
        "restrictedForReaders restrictedForWriters",
    ),
    (
        "DownloadRestrictionsMetadata",
        "effectiveDownloadRestrictionWithContext:DownloadRestriction itemDownloadRestriction:DownloadRestriction",
    ),
    (
        "Drive",
        "backgroundImageFile:DriveBackgroundImageFile backgroundImageLink capabilities:DriveCapabilities colorRgb createdTime hidden id kind name orgUnitId restrictions:DriveRestrictions themeId",
    ),
    (
        "DriveBackgroundImageFile",
        "id width xCoordinate yCoordinate",
    ),
    (
        "DriveCapabilities",
        "canAddChildren canChangeCopyRequiresWriterPermissionRestriction canChangeDomainUsersOnlyRestriction canChangeDownloadRestriction canChangeDriveBackground canChangeDriveMembersOnlyRestriction canChangeSharingFoldersRequiresOrganizerPermissionRestriction canComment canCopy canDeleteChildren canDeleteDrive canDownload canEdit canListChildren canManageMembers canReadRevisions canRename canRenameDrive canResetDriveRestrictions canShare canTrashChildren",
    ),
    ("DriveList", "drives:Drive kind nextPageToken"),
    (
        "DriveRestrictions",
        "adminManagedRestrictions copyRequiresWriterPermission domainUsersOnly downloadRestriction:DownloadRestriction driveMembersOnly sharingFoldersRequiresOrganizerPermission",
    ),
    (
        "File",
        "appProperties:* capabilities:FileCapabilities clientEncryptionDetails:ClientEncryptionDetails contentHints:FileContentHints contentRestrictions:ContentRestriction copyRequiresWriterPermission createdTime description downloadRestrictions:DownloadRestrictionsMetadata driveId explicitlyTrashed exportLinks:* fileExtension folderColorRgb fullFileExtension hasAugmentedPermissions hasThumbnail headRevisionId iconLink id imageMediaMetadata:FileImageMediaMetadata inheritedPermissionsDisabled isAppAuthorized kind labelInfo:FileLabelInfo lastModifyingUser:User linkShareMetadata:FileLinkShareMetadata md5Checksum mimeType modifiedByMe modifiedByMeTime modifiedTime name originalFilename ownedByMe owners:User parents permissionIds permissions:Permission properties:* quotaBytesUsed resourceKey sha1Checksum sha256Checksum shared sharedWithMeTime sharingUser:User shortcutDetails:FileShortcutDetails size spaces starred teamDriveId thumbnailLink thumbnailVersion trashed trashedTime trashingUser:User version videoMediaMetadata:FileVideoMediaMetadata viewedByMe viewedByMeTime viewersCanCopyContent webContentLink webViewLink writersCanShare",
    ),
    (
        "FileCapabilities",
        "canAcceptOwnership canAccessViaGenAi canAddChildren canAddFolderFromAnotherDrive canAddMyDriveParent canChangeCopyRequiresWriterPermission canChangeItemDownloadRestriction canChangeSecurityUpdateEnabled canChangeViewersCanCopyContent canComment canCopy canDelete canDeleteChildren canDisableInheritedPermissions canDownload canEdit canEnableInheritedPermissions canListChildren canModifyContent canModifyContentRestriction canModifyEditorContentRestriction canModifyLabels canModifyOwnerContentRestriction canMoveChildrenOutOfDrive canMoveChildrenOutOfTeamDrive canMoveChildrenWithinDrive canMoveChildrenWithinTeamDrive canMoveItemIntoTeamDrive canMoveItemOutOfDrive canMoveItemOutOfTeamDrive canMoveItemWithinDrive canMoveItemWithinTeamDrive canMoveTeamDriveItem canReadDrive canReadLabels canReadRevisions canReadTeamDrive canRemoveChildren canRemoveContentRestriction canRemoveMyDriveParent canRename canShare canStartApproval canTrash canTrashChildren canUntrash",
    ),
    (
        "FileContentHints",
        "indexableText thumbnail:FileContentHintsThumbnail",
    ),
    ("FileContentHintsThumbnail", "image mimeType"),
    (
        "FileImageMediaMetadata",
        "aperture cameraMake cameraModel colorSpace exposureBias exposureMode exposureTime flashUsed focalLength height isoSpeed lens location:FileImageMediaMetadataLocation maxApertureValue meteringMode rotation sensor subjectDistance time whiteBalance width",
    ),
    (
        "FileImageMediaMetadataLocation",
        "altitude latitude longitude",
    ),
    ("FileLabelInfo", "labels:Label"),
    (
        "FileLinkShareMetadata",
        "securityUpdateEligible securityUpdateEnabled",
    ),
    ("FileList", "files:File incompleteSearch kind nextPageToken"),
    (
        "FileShortcutDetails",
        "targetId targetMimeType targetResourceKey",
    ),
    ("FileVideoMediaMetadata", "durationMillis height width"),
    ("Label", "fields:* id kind revisionId"),
    (
        "Permission",
        "allowFileDiscovery deleted displayName domain emailAddress expirationTime id inheritedPermissionsDisabled kind pendingOwner permissionDetails:PermissionPermissionDetails photoLink role teamDrivePermissionDetails:PermissionTeamDrivePermissionDetails type view",
    ),
    (
        "PermissionList",
        "kind nextPageToken permissions:Permission",
    ),
    (
        "PermissionPermissionDetails",
        "inherited inheritedFrom permissionType role",
    ),
    (
        "PermissionTeamDrivePermissionDetails",
        "inherited inheritedFrom role teamDrivePermissionType",
    ),
    ("StartPageToken", "kind startPageToken"),
    (
        "TeamDrive",
        "backgroundImageFile:TeamDriveBackgroundImageFile backgroundImageLink capabilities:TeamDriveCapabilities colorRgb createdTime id kind name orgUnitId restrictions:TeamDriveRestrictions themeId",
    ),
    (
        "TeamDriveBackgroundImageFile",
        "id width xCoordinate yCoordinate",
    ),
    (
        "TeamDriveCapabilities",
        "canAddChildren canChangeCopyRequiresWriterPermissionRestriction canChangeDomainUsersOnlyRestriction canChangeDownloadRestriction canChangeSharingFoldersRequiresOrganizerPermissionRestriction canChangeTeamDriveBackground canChangeTeamMembersOnlyRestriction canComment canCopy canDeleteChildren canDeleteTeamDrive canDownload canEdit canListChildren canManageMembers canReadRevisions canRemoveChildren canRename canRenameTeamDrive canResetTeamDriveRestrictions canShare canTrashChildren",
    ),
    (
        "TeamDriveRestrictions",
        "adminManagedRestrictions copyRequiresWriterPermission domainUsersOnly downloadRestriction:DownloadRestriction sharingFoldersRequiresOrganizerPermission teamMembersOnly",
    ),
    (
        "User",
        "displayName emailAddress kind me permissionId photoLink",
    ),
];

/// What a name in a field selection stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Value,
    /// Names and values of the user's own.
    Map,
    Resource(&'static str),
}

/// A field of a resource, if it has it.
pub(super) fn field(resource: &str, name: &str) -> Option<Field> {
    names(resource).find_map(|(known, kind)| (known == name).then_some(kind))
}

/// The fields of a resource.
pub(super) fn names(resource: &str) -> impl Iterator<Item = (&'static str, Field)> {
    let fields = RESOURCES
        .iter()
        .chain(pim::RESOURCES)
        .find(|(name, _)| *name == resource)
        .map_or("", |(_, fields)| fields);
    fields.split(' ').map(|field| match field.split_once(':') {
        None => (field, Field::Value),
        Some((name, "*")) => (name, Field::Map),
        Some((name, resource)) => (name, Field::Resource(resource)),
    })
}
