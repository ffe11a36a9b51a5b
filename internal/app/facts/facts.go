// Package facts carries the real figures and names that every portal ships
// with: the regions and districts of the country and what was published about
// its civic sector. A value that a source does not state is empty.
package facts

import "embed"

// FS holds regions.csv, districts.csv, figures.csv, forums.yaml, forum_words.yaml,
// indicators.yaml and glossary.csv.
//
//go:embed *.csv *.yaml
var FS embed.FS
