package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"strings"

	"birge/internal/platform/db"
)

// Kind is what the journal knows of the things of one kind.
type Kind struct {
	// Name is the kind of the refs: "project".
	Name string
	// Example is any value of the thing's type. Fields with the tag
	// `public:"message.key"` are told on public timelines.
	Example Thing
	// Rows hands every row of the kind to yield as it is read.
	Rows func(ctx context.Context, tx *db.Tx, yield func(Thing) error) error
}

// RowsOf is the Rows of a Kind that a query reads.
func RowsOf[T Thing](scan func(db.Row) (T, error), query string) func(context.Context, *db.Tx, func(Thing) error) error {
	return func(ctx context.Context, tx *db.Tx, yield func(Thing) error) error {
		return db.Each(ctx, tx, scan, func(v T) error { return yield(v) }, query)
	}
}

// Change is a public field of a thing that an entry changed.
type Change struct {
	// Label is the message key of the field's name, from its tag; what follows a
	// comma in the tag is the Format, a hint such as "money".
	Label, Format string
	// Before and After have the field's type; nil when there was nothing.
	Before, After any
}

// Changes lists the public fields that an entry of this kind changed, in the
// order of the struct. An erased entry tells nothing.
func (k Kind) Changes(e Entry) []Change {
	var before, after map[string]json.RawMessage
	_ = json.Unmarshal(orNull(e.Body.Before), &before)
	_ = json.Unmarshal(orNull(e.Body.After), &after)
	var list []Change
	t := reflect.TypeOf(k.Example)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for _, f := range reflect.VisibleFields(t) {
		tag, ok := f.Tag.Lookup("public")
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		was, changed := before[name]
		if !ok || !changed && e.Body.Before != nil {
			continue
		}
		c := Change{Before: valueOf(f.Type, was), After: valueOf(f.Type, after[name])}
		c.Label, c.Format, _ = strings.Cut(tag, ",")
		if c.Before != nil || c.After != nil {
			list = append(list, c)
		}
	}
	return list
}

func orNull(b json.RawMessage) json.RawMessage {
	if b == nil {
		return json.RawMessage("null")
	}
	return b
}

// valueOf reads a field's value; what is empty is nothing.
func valueOf(t reflect.Type, raw json.RawMessage) any {
	if raw == nil || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	v := reflect.New(t)
	if json.Unmarshal(raw, v.Interface()) != nil || v.Elem().IsZero() {
		return nil
	}
	return v.Elem().Interface()
}
