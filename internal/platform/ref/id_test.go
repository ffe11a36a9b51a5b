package ref

import "testing"

// What is taken for an id is printed and read again as the same one.
func FuzzParseID(f *testing.F) {
	for _, s := range []string{"", ID(1).String(), ID(1<<63 - 1).String(), "0OoIiLl000000", "8000000000000", "000000000000u", "00000000000000", "ααααααа"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, ok := ParseID(s)
		if !ok {
			return
		}
		if again, ok := ParseID(id.String()); id < 0 || !ok || again != id {
			t.Errorf("%q is %d, which prints as %q", s, id, id)
		}
		var read ID
		if err := read.UnmarshalText([]byte(s)); err != nil || read != id {
			t.Errorf("%q as text is %d, %v", s, read, err)
		}
	})
}
