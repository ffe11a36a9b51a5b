package web

import "embed"

// Locales holds the words of failures, in three languages.
//
//go:embed locales
var Locales embed.FS
