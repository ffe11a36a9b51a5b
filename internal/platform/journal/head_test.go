package journal_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
)

// The line of a head says everything that is in it: it is printed and read again equal.
func FuzzParseHead(f *testing.F) {
	f.Add(journal.Head{Day: db.Day(2026, 11, 23), Seq: 7, Hash: []byte{1, 2}, KeyID: "k1", Signature: []byte{3, 4, 5}}.String())
	f.Add("birge-head 2026-11-23 -7 AB k 0\u00a0x")
	f.Add("birge-head 0001-01-01 1 ab k AAAA")
	f.Add("birge-head 2026-11-23 99999999999999999999 ab k AAB")
	f.Fuzz(func(t *testing.T, line string) {
		h, err := journal.ParseHead(line)
		if err != nil {
			return
		}
		if again, err := journal.ParseHead(h.String()); err != nil || !cmp.Equal(again, h, cmp.AllowUnexported(db.Date{})) {
			t.Errorf("%q is %+v, and again %+v, %v", line, h, again, err)
		}
	})
}
