package ui

import (
	"context"
	"io"
	"regexp"

	"github.com/a-h/templ"
)

// caseNumber is a number by which people quote a case: 2026-000123.
var caseNumber = regexp.MustCompile(`\b\d{4}-\d{6}\b`)

// whole writes a text so that no number of a case in it is broken at its hyphen.
func whole(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, caseNumber.ReplaceAllString(templ.EscapeString(text), `<span class="nobr">$0</span>`))
		return err
	})
}
