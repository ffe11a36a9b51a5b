package i18n

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// Scan gives what encoding/json gives, for plain texts and for all others.
func TestScanReadsWhatWasStored(t *testing.T) {
	for _, s := range []string{
		`{}`, ` {} `, `{"kk":"Бұлақ"}`, `{"kk": "а", "ru": "б", "en": "c"}`, `{"ru":"say \"so\"","en":"line\nbreak"}`,
		`{"kk":"\u04b0лт"}`, `{"other":"x","ru":"б"}`, `{"ru":"a:b,{c}"}`, `null`, `{"kk":"a" , "ru":"b"}`,
	} {
		var want, got Text
		if err := json.Unmarshal([]byte(s), &want); err != nil {
			t.Fatal(err)
		}
		if err := got.Scan(s); err != nil || got != want {
			t.Errorf("%s: %+v, want %+v (%v)", s, got, want, err)
		}
		if err := got.Scan([]byte(s)); err != nil || got != want {
			t.Errorf("%s as bytes: %+v", s, got)
		}
	}
	for _, s := range []string{``, `{`, `{"kk"}`, `{"kk":}`, `{"kk":"a"`, `{"kk":"a",}`, `{"kk":"a"}x`, `[]`, `{"kk":1}`} {
		var got Text
		if err := got.Scan(s); err == nil {
			t.Errorf("%q is read as %+v", s, got)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add(`{"kk":"a","ru":"b"}`)
	f.Fuzz(func(t *testing.T, s string) {
		plain, ok := readPlain(s)
		if !ok {
			return
		}
		var want Text
		if err := json.Unmarshal([]byte(s), &want); err == nil && utf8.ValidString(s) && plain != want {
			t.Errorf("%q: %+v, want %+v", s, plain, want)
		}
	})
}
