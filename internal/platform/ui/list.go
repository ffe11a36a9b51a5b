package ui

import "birge/internal/platform/i18n"

// Filters is the form that narrows a list. It is a GET form, so an address is
// the whole state.
type Filters struct {
	// Path is the list's address; the form's choices become its query.
	Path   string
	Groups []FilterGroup
	// Keep are the query values that are not filters: the search, the order.
	Keep []Pair
	// Set counts the choices that are made; Clear is the Path without them.
	Set   int
	Clear string
}

// FilterGroup is one question. Kind is Checkboxes, Radios, Choose (one of a
// long list) or Typed (a text, number or date given by Type).
type FilterGroup struct {
	Name, Label, Kind string
	Choices           []Choice
	// Value and Type are for Typed: the text and its input type.
	Value, Type string
	// Folded hides the group behind its label until it is opened; a group with
	// a choice made is always open.
	Folded bool
}

// The kinds of a FilterGroup.
const (
	Checkboxes = "checkboxes"
	Radios     = "radios"
	Choose     = "choose"
	Typed      = "typed"
)

// Choice is one answer, with the number of rows that it would leave.
type Choice struct {
	Value, Label string
	// Lang is the language of the label when it is not the page's.
	Lang     i18n.Lang
	Count    int64
	HasCount bool
	Selected bool
	// Depth indents a choice under the one before: a district under its region.
	Depth int
}

// Pair is a name and a value of a query or a hidden field.
type Pair struct{ Name, Value string }

// Chip is a choice that is made, with the Path of the list without it.
type Chip struct{ Group, Label, Remove string }

// full is what the chip reads as: "District: Dala".
func (c Chip) full() string {
	if c.Group == "" {
		return c.Label
	}
	return c.Group + ": " + c.Label
}

// Pager leads through a list. Pages is empty for lists that only know the next
// cursor. The Paths are empty where there is nothing to go to.
type Pager struct {
	Previous, Next string
	Pages          []Link // a Link without a Path and not current is a gap
	// Summary is a sentence such as "21–40 of 134".
	Summary string
}

func (g FilterGroup) open() bool {
	if !g.Folded || g.Value != "" {
		return true
	}
	for _, c := range g.Choices {
		if c.Selected && c.Value != "" {
			return true
		}
	}
	return false
}

func depthClass(depth int) string {
	switch {
	case depth <= 0:
		return ""
	case depth == 1:
		return "in1"
	}
	return "in2"
}

func (c Choice) emptyClass() string {
	if c.HasCount && c.Count == 0 && !c.Selected {
		return "none"
	}
	return ""
}

// optionText is a choice of a select: the count can only stand in the text.
func optionText(p Page, c Choice) string {
	if c.HasCount {
		return c.Label + " (" + p.Int(c.Count) + ")"
	}
	return c.Label
}

func inputType(t string) string {
	switch t {
	case "number", "date", "email", "tel", "url", "password", "search":
		return t
	}
	return "text"
}

// Found is one row of Hits. Line and Sum are already in the reader's language.
type Found struct {
	Title                    i18n.Text
	Path, Line, Status, Tone string
	// Sum is an amount at the side; Share (0…100) its bar when HasShare, and
	// ShareLabel says what the bar measures.
	Sum        string
	HasShare   bool
	Share      int64
	ShareLabel string
}
