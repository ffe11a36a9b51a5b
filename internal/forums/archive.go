package forums

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
)

// Shelf is what a room adds to the package of a forum. What it adds everybody may
// read: no private person is named in it.
type Shelf func(ctx context.Context, f Forum, p *Package) error

// Package is the archive of a forum while it is written: plain files in a zip, and at
// the end an index with the size and the checksum of each.
type Package struct {
	zip   *zip.Writer
	made  time.Time
	files []PackedFile
}

// PackedFile is one file of a package as its index tells it.
type PackedFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // in bytes
	SHA256 string `json:"sha256"`
}

// PackageIndex is the last file of a package.
type PackageIndex struct {
	Title    i18n.Text    `json:"title"`
	Citation string       `json:"citation"`
	Address  string       `json:"address"`
	MadeAt   time.Time    `json:"made_at"`
	Files    []PackedFile `json:"files"`
}

// IndexName is the name of the index in a package.
const IndexName = "index.json"

// NewPackage begins a package that goes out as it is written.
func NewPackage(w io.Writer, made time.Time) *Package {
	return &Package{zip: zip.NewWriter(w), made: made.UTC()}
}

// Add writes one file. Its name is a path with slashes inside the package.
func (p *Package) Add(name string, write func(w io.Writer) error) error {
	part, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.made})
	if err != nil {
		return fmt.Errorf("forums: %s: %w", name, err)
	}
	sum, size := sha256.New(), counter(0)
	if err := write(io.MultiWriter(part, sum, &size)); err != nil {
		return fmt.Errorf("forums: %s: %w", name, err)
	}
	p.files = append(p.files, PackedFile{name, int64(size), hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// counter counts the bytes that go through it.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// Table adds a table as CSV; nothing where it has no rows.
func (p *Package) Table(name string, head []string, rows [][]table.Cell) error {
	if len(rows) == 0 {
		return nil
	}
	return p.Add(name, func(w io.Writer) error {
		t := table.NewCSV(w)
		if err := t.Header(head); err != nil {
			return err
		}
		for _, row := range rows {
			if err := t.Row(row...); err != nil {
				return err
			}
		}
		return t.Close()
	})
}

// Close writes the index and ends the package.
func (p *Package) Close(title i18n.Text, citation, address string) error {
	index := PackageIndex{title, citation, address, p.made, p.files}
	err := p.Add(IndexName, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(index)
	})
	if err != nil {
		return err
	}
	return p.zip.Close()
}

// Kept is what the archive of a forum that is over tells of it.
type Kept struct {
	Programme
	Organizer  ref.Ref
	Stands     []StandShown
	Papers     []Paper
	Attendance []Share
	Halls      []HallKept
	// ByDoor tells that people were counted at the door; else those who were admitted are.
	ByDoor bool
}

// Kept gives what stays of a forum that is over.
func (s *Service) Kept(ctx context.Context, forum ref.ID) (k Kept, err error) {
	everybody := access.Actor{}
	st, err := s.Story(ctx, everybody, forum)
	if err != nil {
		return k, err
	}
	if state := st.State(); state != Finished && state != Archived {
		return k, problem.New(problem.NotFound, "problem.not_found")
	}
	if k.Programme, err = s.Programme(ctx, everybody, forum); err != nil {
		return k, err
	}
	stands, err := s.Stands(ctx, everybody, forum)
	if err != nil {
		return k, err
	}
	k.Organizer, k.Stands, k.Papers = st.Organizer, stands.Admitted(), st.Papers
	err = s.db.View(ctx, func(tx *db.Tx) error {
		a, err := AttendanceOf(ctx, tx, forum)
		if err != nil {
			return err
		}
		k.ByDoor = a.Came > 0
		if !k.ByDoor { // nobody was counted at the door
			people, err := registrationsIn(ctx, tx, forum, Admitted)
			if err != nil {
				return err
			}
			a = whoCame(people)
		}
		k.Attendance = shares(a)
		k.Halls, err = hallsKept(ctx, tx, k.Forum, a)
		return err
	})
	return k, err
}

// whoCame takes everybody who was admitted for present.
func whoCame(people []Registration) Attendance {
	scans := make([]Scan, len(people))
	for i, x := range people {
		scans[i].RegistrationID = x.ID
	}
	return attendance(people, scans)
}

// CopyPaper writes what everybody may have of a paper: of a picture a copy without
// what the camera wrote.
func (s *Service) CopyPaper(ctx context.Context, x Paper, w io.Writer) error {
	variant := files.Original
	if x.Width > 0 {
		variant = files.Large
	}
	_, body, err := s.Files.OpenPublic(ctx, x.FileID, variant)
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = io.Copy(w, body)
	return err
}

// Share is how many of those who came were of a group.
type Share struct {
	Breakdown string // "as", "place", "age"
	Who       string // the last part of forums.who.…
	People    int64
	// Hidden tells that the number is kept back, because so few people could be known by
	// it or be found by subtraction.
	Hidden bool
}

// leastShown is the least number of people that a breakdown shows.
const leastShown = 5

// shares tells who came, each breakdown adding up to all.
func shares(a Attendance) (out []Share) {
	var as []Share
	for _, g := range Groups {
		as = append(as, Share{Breakdown: "as", Who: string(g), People: a.ByGroup[g]})
	}
	for _, part := range [][]Share{as,
		{{Breakdown: "place", Who: "rural", People: a.Rural}, {Breakdown: "place", Who: "urban", People: a.Came - a.Rural}},
		{{Breakdown: "age", Who: "young", People: a.Young}, {Breakdown: "age", Who: "older", People: a.Came - a.Young}}} {
		keepBack(part)
		out = append(out, part...)
	}
	return out
}

// keepBack hides the numbers of a breakdown under leastShown, and one more where the
// only hidden one would follow by subtraction.
func keepBack(part []Share) {
	hidden := 0
	for i := range part {
		if part[i].People > 0 && part[i].People < leastShown {
			part[i].Hidden = true
			hidden++
		}
	}
	if hidden != 1 {
		return
	}
	var rest []*Share
	for i := range part {
		if !part[i].Hidden && part[i].People > 0 {
			rest = append(rest, &part[i])
		}
	}
	if len(rest) > 0 {
		slices.MinFunc(rest, func(a, b *Share) int { return cmp.Compare(a.People, b.People) }).Hidden = true
	}
}
