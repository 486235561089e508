//! Events and contacts of Microsoft Graph.
