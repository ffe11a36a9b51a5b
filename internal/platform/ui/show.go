package ui

import (
	"html/template"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"birge/internal/platform/i18n"
)

// Figure is one number that explains itself: what it counts, the number as it
// is written, a small note, and the Path of the rows behind it.
type Figure struct {
	Label, Value, Note string
	// Why is the Path or fragment that answers "why this number"; may be empty.
	Why  string
	Tone string
}

// Step is one stage of a story or of a form: State is "done", "now" or "" for
// what is still to come.
type Step struct{ Title, Path, Note, State string }

// The states of a Step.
const (
	Done = "done"
	Now  = "now"
)

// Moment is one line of a timeline. When is written for people ("28 ноября,
// 15:00 · Жаңа ауыл"), At for machines (RFC 3339), and may be empty.
type Moment struct {
	When, At, Title, Path, Text, Tone string
	// Lang is the language of Title and Text when it is not the page's.
	Lang i18n.Lang
	// More leads to what belongs to it: its pictures, its form.
	More []Link
}

// Debt is something owed by a date: who owes, what, until when.
type Debt struct {
	Who, What, Path string
	Due             i18n.Dated
	// DaysLeft counts from today to Due; negative when it is late.
	DaysLeft int
	// Settled says how it ended ("исполнено 12 ноября"); empty while it is owed.
	Settled string
	// Reply is the answer of the one who owes, shown beside the mark.
	Reply string
}

// Task is one line of a desk: what waits for the reader.
type Task struct {
	Title, Path, Note, Tone string
	Due                     i18n.Dated // nil when there is no term
	DaysLeft                int
}

// Org is an organization beside its part in something.
type Org struct {
	Title i18n.Text
	Path  string
	// Role and Facts are short and already in the reader's language.
	Role  string
	Facts []string
}

// Picture is one picture: Thumb is shown, Href is the large one.
type Picture struct {
	Href, Thumb, Alt, Caption string
	Width, Height             int // of the thumbnail, in pixels
	More                      []Link
}

// Download is one form in which exactly what is shown can be taken.
type Download struct{ Format, Href, Note string }

// toneClass is the class of a tone; an unknown tone is the ordinary one, so
// that a tone that came from data cannot name a foreign class.
func toneClass(tone string) string {
	switch tone {
	case Good, Wait, Late, Quiet:
		return tone
	}
	return ""
}

// dueTone tells how urgent a term is.
func dueTone(daysLeft int) string {
	switch {
	case daysLeft < 0:
		return Late
	case daysLeft <= 7:
		return Wait
	}
	return ""
}

// dueText is the term in words: the days while it is near or past, else the date.
func dueText(p Page, due i18n.Dated, daysLeft int) string {
	switch {
	case daysLeft < 0:
		return p.N("ui.days_late", int64(-daysLeft))
	case daysLeft == 0:
		return p.T("ui.due_today")
	case daysLeft <= 14:
		return p.N("ui.days_left", int64(daysLeft))
	}
	return p.T("ui.due_on", "date", p.Date(due))
}

// paragraphs splits plain text at empty lines; single line ends stay.
func paragraphs(s string) [][]string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "\r\n", "\n")
	var out [][]string
	for part := range strings.SplitSeq(s, "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, strings.Split(part, "\n"))
		}
	}
	return out
}

// Fact is a label and a value: as text, or as a component when Show is set.
type Fact struct {
	Label, Value string
	Show         templ.Component
}

func idAttr(id string) templ.Attributes {
	if id == "" {
		return nil
	}
	return templ.Attributes{"id": id}
}

func datetime(at string) templ.Attributes {
	if at == "" {
		return nil
	}
	return templ.Attributes{"datetime": at}
}

func currentStep(state string) templ.Attributes {
	if state == Now {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

// alertRole makes bad news heard at once, other news politely.
func alertRole(tone string) templ.Attributes {
	if tone == Late {
		return templ.Attributes{"role": "alert"}
	}
	return templ.Attributes{"role": "status"}
}

// initials are the first letters of the two first words of a name, without
// quotes and legal forms in capitals.
func initials(p Page, t i18n.Text) string {
	var out []rune
	for word := range strings.FieldsSeq(p.Text(t)) {
		letters := []rune(strings.Trim(word, "«»\"“”„'()"))
		if len(letters) == 0 || !unicode.IsLetter(letters[0]) || isLegalForm(letters) {
			continue
		}
		if out = append(out, unicode.ToUpper(letters[0])); len(out) == 2 {
			break
		}
	}
	if len(out) == 0 {
		return "•"
	}
	return string(out)
}

// isLegalForm tells a short word in capitals: ОФ, ҚҚ, ЧУ.
func isLegalForm(word []rune) bool {
	if len(word) < 2 || len(word) > 4 {
		return false
	}
	for _, r := range word {
		if !unicode.IsUpper(r) {
			return false
		}
	}
	return true
}

func embedCode(p Page, path string) string {
	src := template.HTMLEscapeString(p.Base + p.URL(path))
	return `<iframe src="` + src + `" width="360" height="240" loading="lazy" title="` + template.HTMLEscapeString(p.Title) + `"></iframe>`
}
