// Package migrations holds the portal's schema: one folder of numbered SQL files
// that run on both engines, forward only.
package migrations

import "embed"

// FS holds the files NNNN_name.sql.
//
//go:embed *.sql
var FS embed.FS
