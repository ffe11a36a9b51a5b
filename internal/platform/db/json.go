package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"

	jsonv2 "github.com/go-json-experiment/json" // reads in half the time of encoding/json
)

// JSON keeps a value of any type in one JSONB column.
type JSON[T any] struct{ V T }

// Value stores the value as JSON text.
func (j JSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	return string(b), err
}

// Scan reads what Value stored; NULL is the zero value.
func (j *JSON[T]) Scan(v any) error {
	j.V = *new(T)
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return jsonv2.Unmarshal([]byte(v), &j.V)
	case []byte:
		return jsonv2.Unmarshal(v, &j.V)
	}
	return fmt.Errorf("db: cannot scan %T as JSON", v)
}

// AsJSON is a destination or an argument for *p as a JSONB column.
func AsJSON[T any](p *T) jsonPtr[T] { return jsonPtr[T]{p} }

type jsonPtr[T any] struct{ p *T }

func (j jsonPtr[T]) Value() (driver.Value, error) { return JSON[T]{*j.p}.Value() }

func (j jsonPtr[T]) Scan(v any) error {
	var t JSON[T]
	if err := t.Scan(v); err != nil {
		return err
	}
	*j.p = t.V
	return nil
}
