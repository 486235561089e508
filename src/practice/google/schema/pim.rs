//! The resources of the Calendar API v3, the People API v1 and the Tasks API v1, as their discovery documents
//! name them, after the name of their API.

/// As the table next door.
pub(super) const RESOURCES: &[(&str, &str)] = &[
    (
        "calendar.Calendar",
        "autoAcceptInvitations conferenceProperties:calendar.ConferenceProperties dataOwner description etag id kind labelProperties:calendar.LabelProperties location summary timeZone workingHours:calendar.CalendarWorkingHours",
    ),
    (
        "calendar.CalendarList",
        "etag items:calendar.CalendarListEntry kind nextPageToken nextSyncToken",
    ),
    (
        "calendar.CalendarListEntry",
        "accessRole autoAcceptInvitations backgroundColor colorId conferenceProperties:calendar.ConferenceProperties dataOwner defaultReminders:calendar.EventReminder deleted description etag foregroundColor hidden id kind location notificationSettings:calendar.CalendarListEntryNotificationSettings primary selected summary summaryOverride timeZone",
    ),
    (
        "calendar.CalendarListEntryNotificationSettings",
        "notifications:calendar.CalendarNotification",
    ),
    ("calendar.CalendarNotification", "method type"),
    (
        "calendar.CalendarWorkingHours",
        "availableTimes:calendar.CalendarWorkingHoursAvailableTimes workingHoursEnabled",
    ),
    (
        "calendar.CalendarWorkingHoursAvailableTimes",
        "dayOfWeek periodEnd periodStart",
    ),
    ("calendar.Colors", "calendar:* event:* kind updated"),
    (
        "calendar.ConferenceData",
        "conferenceId conferenceSolution:calendar.ConferenceSolution createRequest:calendar.CreateConferenceRequest entryPoints:calendar.EntryPoint notes parameters:calendar.ConferenceParameters signature",
    ),
    (
        "calendar.ConferenceParameters",
        "addOnParameters:calendar.ConferenceParametersAddOnParameters",
    ),
    (
        "calendar.ConferenceParametersAddOnParameters",
        "parameters:*",
    ),
    (
        "calendar.ConferenceProperties",
        "allowedConferenceSolutionTypes",
    ),
    ("calendar.ConferenceRequestStatus", "statusCode"),
    (
        "calendar.ConferenceSolution",
        "iconUri key:calendar.ConferenceSolutionKey name",
    ),
    ("calendar.ConferenceSolutionKey", "type"),
    (
        "calendar.CreateConferenceRequest",
        "conferenceSolutionKey:calendar.ConferenceSolutionKey requestId status:calendar.ConferenceRequestStatus",
    ),
    (
        "calendar.EntryPoint",
        "accessCode entryPointFeatures entryPointType label meetingCode passcode password pin regionCode uri",
    ),
    (
        "calendar.Event",
        "anyoneCanAddSelf attachments:calendar.EventAttachment attendees:calendar.EventAttendee attendeesOmitted birthdayProperties:calendar.EventBirthdayProperties colorId conferenceData:calendar.ConferenceData created creator:calendar.EventCreator description end:calendar.EventDateTime endTimeUnspecified etag eventLabelId eventType extendedProperties:calendar.EventExtendedProperties focusTimeProperties:calendar.EventFocusTimeProperties gadget:calendar.EventGadget guestsCanInviteOthers guestsCanModify guestsCanSeeOtherGuests hangoutLink htmlLink iCalUID id kind location locked organizer:calendar.EventOrganizer originalStartTime:calendar.EventDateTime outOfOfficeProperties:calendar.EventOutOfOfficeProperties privateCopy recurrence recurringEventId reminders:calendar.EventReminders sequence source:calendar.EventSource start:calendar.EventDateTime status summary transparency updated visibility workingLocationProperties:calendar.EventWorkingLocationProperties",
    ),
    (
        "calendar.EventAttachment",
        "fileId fileUrl iconLink mimeType title",
    ),
    (
        "calendar.EventAttendee",
        "additionalGuests asyncOperation comment displayName email id optional organizer resource responseStatus self",
    ),
    (
        "calendar.EventBirthdayProperties",
        "contact customTypeName type",
    ),
    ("calendar.EventCreator", "displayName email id self"),
    ("calendar.EventDateTime", "date dateTime timeZone"),
    ("calendar.EventExtendedProperties", "private:* shared:*"),
    (
        "calendar.EventFocusTimeProperties",
        "autoDeclineMode chatStatus declineMessage",
    ),
    (
        "calendar.EventGadget",
        "display height iconLink link preferences:* title type width",
    ),
    ("calendar.EventLabel", "backgroundColor id name"),
    ("calendar.EventOrganizer", "displayName email id self"),
    (
        "calendar.EventOutOfOfficeProperties",
        "autoDeclineMode declineMessage",
    ),
    ("calendar.EventReminder", "method minutes"),
    (
        "calendar.EventReminders",
        "overrides:calendar.EventReminder useDefault",
    ),
    ("calendar.EventSource", "title url"),
    (
        "calendar.EventWorkingLocationProperties",
        "customLocation:calendar.EventWorkingLocationPropertiesCustomLocation homeOffice:* officeLocation:calendar.EventWorkingLocationPropertiesOfficeLocation type",
    ),
    (
        "calendar.EventWorkingLocationPropertiesCustomLocation",
        "label",
    ),
    (
        "calendar.EventWorkingLocationPropertiesOfficeLocation",
        "buildingId deskId floorId floorSectionId label",
    ),
    (
        "calendar.Events",
        "accessRole defaultReminders:calendar.EventReminder description etag items:calendar.Event kind nextPageToken nextSyncToken summary timeZone updated",
    ),
    (
        "calendar.LabelProperties",
        "eventLabels:calendar.EventLabel",
    ),
    ("calendar.Setting", "etag id kind value"),
    (
        "calendar.Settings",
        "etag items:calendar.Setting kind nextPageToken nextSyncToken",
    ),
    (
        "people.Address",
        "city country countryCode extendedAddress formattedType formattedValue metadata:people.FieldMetadata poBox postalCode region streetAddress type",
    ),
    (
        "people.AgeRangeType",
        "ageRange metadata:people.FieldMetadata",
    ),
    (
        "people.BatchGetContactGroupsResponse",
        "responses:people.ContactGroupResponse",
    ),
    (
        "people.Biography",
        "contentType metadata:people.FieldMetadata value",
    ),
    (
        "people.Birthday",
        "date:people.Date metadata:people.FieldMetadata text",
    ),
    (
        "people.BraggingRights",
        "metadata:people.FieldMetadata value",
    ),
    (
        "people.CalendarUrl",
        "formattedType metadata:people.FieldMetadata type url",
    ),
    (
        "people.ClientData",
        "key metadata:people.FieldMetadata value",
    ),
    (
        "people.ContactGroup",
        "clientData:people.GroupClientData etag formattedName groupType memberCount memberResourceNames metadata:people.ContactGroupMetadata name resourceName",
    ),
    (
        "people.ContactGroupMembership",
        "contactGroupId contactGroupResourceName",
    ),
    ("people.ContactGroupMetadata", "deleted updateTime"),
    (
        "people.ContactGroupResponse",
        "contactGroup:people.ContactGroup requestedResourceName status:people.Status",
    ),
    (
        "people.CoverPhoto",
        "default metadata:people.FieldMetadata url",
    ),
    ("people.Date", "day month year"),
    ("people.DomainMembership", "inViewerDomain"),
    (
        "people.EmailAddress",
        "displayName formattedType metadata:people.FieldMetadata type value",
    ),
    (
        "people.Event",
        "date:people.Date formattedType metadata:people.FieldMetadata type",
    ),
    (
        "people.ExternalId",
        "formattedType metadata:people.FieldMetadata type value",
    ),
    (
        "people.FieldMetadata",
        "primary source:people.Source sourcePrimary verified",
    ),
    ("people.FileAs", "metadata:people.FieldMetadata value"),
    (
        "people.Gender",
        "addressMeAs formattedValue metadata:people.FieldMetadata value",
    ),
    (
        "people.GetPeopleResponse",
        "responses:people.PersonResponse",
    ),
    ("people.GroupClientData", "key value"),
    (
        "people.ImClient",
        "formattedProtocol formattedType metadata:people.FieldMetadata protocol type username",
    ),
    ("people.Interest", "metadata:people.FieldMetadata value"),
    (
        "people.ListConnectionsResponse",
        "connections:people.Person nextPageToken nextSyncToken totalItems totalPeople",
    ),
    (
        "people.ListContactGroupsResponse",
        "contactGroups:people.ContactGroup nextPageToken nextSyncToken totalItems",
    ),
    (
        "people.ListOtherContactsResponse",
        "nextPageToken nextSyncToken otherContacts:people.Person totalSize",
    ),
    ("people.Locale", "metadata:people.FieldMetadata value"),
    (
        "people.Location",
        "buildingId current deskCode floor floorSection metadata:people.FieldMetadata type value",
    ),
    (
        "people.Membership",
        "contactGroupMembership:people.ContactGroupMembership domainMembership:people.DomainMembership metadata:people.FieldMetadata",
    ),
    (
        "people.MiscKeyword",
        "formattedType metadata:people.FieldMetadata type value",
    ),
    (
        "people.Name",
        "displayName displayNameLastFirst familyName givenName honorificPrefix honorificSuffix metadata:people.FieldMetadata middleName phoneticFamilyName phoneticFullName phoneticGivenName phoneticHonorificPrefix phoneticHonorificSuffix phoneticMiddleName unstructuredName",
    ),
    (
        "people.Nickname",
        "metadata:people.FieldMetadata type value",
    ),
    ("people.Occupation", "metadata:people.FieldMetadata value"),
    (
        "people.Organization",
        "costCenter current department domain endDate:people.Date formattedType fullTimeEquivalentMillipercent jobDescription location metadata:people.FieldMetadata name phoneticName startDate:people.Date symbol title type",
    ),
    (
        "people.Person",
        "addresses:people.Address ageRange ageRanges:people.AgeRangeType biographies:people.Biography birthdays:people.Birthday braggingRights:people.BraggingRights calendarUrls:people.CalendarUrl clientData:people.ClientData coverPhotos:people.CoverPhoto emailAddresses:people.EmailAddress etag events:people.Event externalIds:people.ExternalId fileAses:people.FileAs genders:people.Gender imClients:people.ImClient interests:people.Interest locales:people.Locale locations:people.Location memberships:people.Membership metadata:people.PersonMetadata miscKeywords:people.MiscKeyword names:people.Name nicknames:people.Nickname occupations:people.Occupation organizations:people.Organization phoneNumbers:people.PhoneNumber photos:people.Photo relations:people.Relation relationshipInterests:people.RelationshipInterest relationshipStatuses:people.RelationshipStatus residences:people.Residence resourceName sipAddresses:people.SipAddress skills:people.Skill taglines:people.Tagline urls:people.Url userDefined:people.UserDefined",
    ),
    (
        "people.PersonMetadata",
        "deleted linkedPeopleResourceNames objectType previousResourceNames sources:people.Source",
    ),
    (
        "people.PersonResponse",
        "httpStatusCode person:people.Person requestedResourceName status:people.Status",
    ),
    (
        "people.PhoneNumber",
        "canonicalForm formattedType metadata:people.FieldMetadata type value",
    ),
    ("people.Photo", "default metadata:people.FieldMetadata url"),
    ("people.ProfileMetadata", "objectType userTypes"),
    (
        "people.Relation",
        "formattedType metadata:people.FieldMetadata person type",
    ),
    (
        "people.RelationshipInterest",
        "formattedValue metadata:people.FieldMetadata value",
    ),
    (
        "people.RelationshipStatus",
        "formattedValue metadata:people.FieldMetadata value",
    ),
    (
        "people.Residence",
        "current metadata:people.FieldMetadata value",
    ),
    (
        "people.SipAddress",
        "formattedType metadata:people.FieldMetadata type value",
    ),
    ("people.Skill", "metadata:people.FieldMetadata value"),
    (
        "people.Source",
        "etag id profileMetadata:people.ProfileMetadata type updateTime",
    ),
    ("people.Status", "code details:* message"),
    ("people.Tagline", "metadata:people.FieldMetadata value"),
    (
        "people.Url",
        "formattedType metadata:people.FieldMetadata type value",
    ),
    (
        "people.UserDefined",
        "key metadata:people.FieldMetadata value",
    ),
    (
        "tasks.AssignmentInfo",
        "driveResourceInfo:tasks.DriveResourceInfo linkToTask spaceInfo:tasks.SpaceInfo surfaceType",
    ),
    ("tasks.DriveResourceInfo", "driveFileId resourceKey"),
    ("tasks.SpaceInfo", "space"),
    (
        "tasks.Task",
        "assignmentInfo:tasks.AssignmentInfo completed deleted due etag hidden id kind links:tasks.TaskLinks notes parent position selfLink status title updated webViewLink",
    ),
    ("tasks.TaskLinks", "description link type"),
    ("tasks.TaskList", "etag id kind selfLink title updated"),
    (
        "tasks.TaskLists",
        "etag items:tasks.TaskList kind nextPageToken",
    ),
    ("tasks.Tasks", "etag items:tasks.Task kind nextPageToken"),
];
