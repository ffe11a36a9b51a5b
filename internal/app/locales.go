package app

import "embed"

// Locales holds the words of the navigation and of the command line.
//
//go:embed locales/*.json
var Locales embed.FS
