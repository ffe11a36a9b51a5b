package forums

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"testing"
	"time"

	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
)

// unpacked reads a package and proves its index: it names every other file, and each
// is what the index says.
func unpacked(t *testing.T, b []byte) (index PackageIndex, files map[string][]byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := json.Unmarshal(files[IndexName], &index); err != nil {
		t.Fatal(err)
	}
	if len(index.Files)+1 != len(files) {
		t.Errorf("the index names %d of %d files", len(index.Files), len(files)-1)
	}
	for _, f := range index.Files {
		h := sha256.Sum256(files[f.Name])
		if hex.EncodeToString(h[:]) != f.SHA256 || int64(len(files[f.Name])) != f.Size {
			t.Errorf("%s is not what the index says", f.Name)
		}
	}
	return index, files
}

func TestPackageHasAnIndexThatProvesIt(t *testing.T) {
	var b bytes.Buffer
	p := NewPackage(&b, time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC))
	for _, err := range []error{
		p.Add("a/readme.md", func(w io.Writer) error { _, err := io.WriteString(w, "Форум"); return err }),
		p.Table("empty.csv", []string{"a"}, nil),
		p.Table("a/b.csv", []string{"a", "b"}, [][]table.Cell{{table.Text("=1+1"), table.Int(5)}}),
		p.Close(i18n.Only(i18n.KK, "Форум"), "Форум. 2026", "https://x.kz/kk/forums/1"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	index, files := unpacked(t, b.Bytes())
	if index.Citation != "Форум. 2026" || len(files) != 3 || !bytes.Contains(files["a/b.csv"], []byte("'=1+1,5")) {
		t.Errorf("%+v %q", index, files["a/b.csv"])
	}
}

// Few people are never counted in the open, nor found by subtraction.
func TestFewPeopleAreNotShown(t *testing.T) {
	for _, c := range []struct {
		people []int64
		hidden []bool
	}{
		{[]int64{9, 8, 7}, []bool{false, false, false}},
		{[]int64{9, 3, 7}, []bool{false, true, true}},
		{[]int64{9, 3, 0}, []bool{true, true, false}},
		{[]int64{4, 3, 7}, []bool{true, true, false}},
		{[]int64{0, 3, 0}, []bool{false, true, false}},
		{[]int64{0, 0, 0}, []bool{false, false, false}},
	} {
		var part []Share
		for _, n := range c.people {
			part = append(part, Share{People: n})
		}
		keepBack(part)
		var got []bool
		for _, x := range part {
			got = append(got, x.Hidden)
		}
		if !slices.Equal(got, c.hidden) {
			t.Errorf("%v hides %v, want %v", c.people, got, c.hidden)
		}
	}
}

func TestAttendanceAddsUp(t *testing.T) {
	var list []Registration
	for i := range 30 {
		list = append(list, Registration{ID: ref.ID(i + 1), Kind: Groups[i%2], Rural: i%3 == 0, Young: i < 2})
	}
	sums := map[string]int64{}
	for _, x := range shares(whoCame(list)) {
		sums[x.Breakdown] += x.People
		if x.Breakdown == "age" && !x.Hidden {
			t.Errorf("%s are shown", x.Who)
		}
	}
	for breakdown, n := range sums {
		if n != 30 {
			t.Errorf("%s adds up to %d", breakdown, n)
		}
	}
}
