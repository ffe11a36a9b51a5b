package ref

import "birge/internal/platform/i18n"

// Ref is what one room stores of another room's thing.
type Ref struct {
	// Kind is the singular noun of the glossary: "project", "organization".
	Kind string `json:"kind"`
	ID   ID     `json:"id"`
	// Title is the name of the thing in the languages that it has.
	Title i18n.Text `json:"title"`
	// Path is the address without the language: "/projects/0d3…".
	Path string `json:"path"`
}

// IsZero tells that r names nothing.
func (r Ref) IsZero() bool { return r.Kind == "" && r.ID == 0 }

// Key is the ref as one word, for surrogate keys and map keys.
func (r Ref) Key() string { return r.Kind + ":" + r.ID.String() }

// Card is how a thing shows itself on another room's page: as plain data, so
// that the design system draws it without knowing the room.
type Card struct {
	Ref
	// Status is a message key such as "projects.status.running"; Tone is one of
	// "", "good", "wait", "late".
	Status, Tone string
	// Facts are short lines under the title.
	Facts []Fact
}

// Fact is one line of a card: the message key of its label and a value that is
// either a text of people (Text) or an amount already formatted (Plain).
type Fact struct {
	Label string
	Text  i18n.Text
	Plain string
}
