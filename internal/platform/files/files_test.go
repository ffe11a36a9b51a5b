package files

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"birge/internal/app/migrations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

const anything = Pictures | Documents | Tables

var (
	lead  = access.Actor{UserID: 7}
	event = ref.Ref{Kind: "event", ID: 31, Title: i18n.Text{KK: "Сенбілік"}, Path: "/projects/21"}
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func local(t testing.TB) *Local {
	t.Helper()
	l, err := OpenLocal(filepath.Join(t.TempDir(), "blobs"))
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	return l
}

// each runs test on both engines.
func each(t *testing.T, test func(t *testing.T, s *Service, clock *dbtest.Clock)) {
	dbtest.Each(t, migrations.FS, func(t *testing.T, d *db.DB, clock *dbtest.Clock) { test(t, New(d, local(t)), clock) })
}

func lite(t *testing.T) *Service {
	t.Helper()
	return New(dbtest.Open(t, dbtest.SQLite(t, migrations.FS), dbtest.NewClock()), local(t))
}

func check(t *testing.T, s *Service, name string, b []byte) *Checked {
	t.Helper()
	c, err := s.Check(t.Context(), name, bytes.NewReader(b), anything, MaxSize)
	must(t, err)
	return c
}

func add(t *testing.T, s *Service, c *Checked, public bool) (f File) {
	t.Helper()
	must(t, s.db.Update(t.Context(), func(tx *db.Tx) (err error) {
		f, err = s.Add(t.Context(), tx, lead, NewFile{Checked: c, Owner: event, Public: public})
		return err
	}))
	return f
}

func bytesOf(t *testing.T, s *Service, id ref.ID, variant string) []byte {
	t.Helper()
	_, r, err := s.Open(t.Context(), id, variant)
	must(t, err)
	defer r.Close()
	b, err := io.ReadAll(r)
	must(t, err)
	return b
}

// halves is a picture of w by h pixels, its left half red and its right half blue.
func halves(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{200, 20, 20, 255}
			if x >= w/2 {
				c = color.RGBA{20, 20, 200, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

// exifBlock is what a phone writes: the orientation, its model, the hour, and a
// place at 50°17'0" N, 57°10'12" E.
func exifBlock(orientation uint16, order binary.AppendByteOrder) []byte {
	entry := func(b []byte, tag, kind uint16, count, value uint32) []byte {
		b = order.AppendUint16(order.AppendUint16(b, tag), kind)
		return order.AppendUint32(order.AppendUint32(b, count), value)
	}
	short := func(v uint16) uint32 { // stands at the beginning of its four bytes
		if order.String() == "BigEndian" {
			return uint32(v) << 16
		}
		return uint32(v)
	}
	letter := func(c byte) uint32 {
		if order.String() == "BigEndian" {
			return uint32(c) << 24
		}
		return uint32(c)
	}
	b := []byte("II*\x00")
	if order.String() == "BigEndian" {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	// The directory at 8 has 4 entries and ends at 62; the next at 62 has 1 and
	// ends at 80, the last at 80 has 4 and ends at 134; values follow.
	b = order.AppendUint16(b, 4)
	b = entry(b, tagModel, 2, 6, 134)
	b = entry(b, tagOrientation, 3, 1, short(orientation))
	b = entry(b, tagExif, 4, 1, 62)
	b = entry(b, tagGPS, 4, 1, 80)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 1)
	b = entry(b, tagOriginal, 2, 20, 140)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 4)
	b = entry(b, 1, 2, 2, letter('N'))
	b = entry(b, 2, 5, 3, 160)
	b = entry(b, 3, 2, 2, letter('E'))
	b = entry(b, 4, 5, 3, 184)
	b = order.AppendUint32(b, 0)
	b = append(b, "Phone\x002026:11:23 10:15:00\x00"...)
	for _, v := range []uint32{50, 1, 17, 1, 0, 1, 57, 1, 10, 1, 1200, 100} {
		b = order.AppendUint32(b, v)
	}
	return b
}

// withEXIF puts the block behind the first marker of a JPEG.
func withEXIF(picture, block []byte) []byte {
	segment := append([]byte("Exif\x00\x00"), block...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(segment)+2))
	return slices.Concat(head, segment, picture[2:])
}

func TestPhotoIsTurnedAndItsCopiesTellNothing(t *testing.T) {
	photo := withEXIF(jpegOf(t, halves(2000, 1000)), exifBlock(6, binary.LittleEndian))
	each(t, func(t *testing.T, s *Service, _ *dbtest.Clock) {
		f := add(t, s, check(t, s, "IMG_1.JPG", photo), true)
		if f.Width != 1000 || f.Height != 2000 || f.Name != "IMG_1.JPG" {
			t.Errorf("got %d × %d, %s", f.Width, f.Height, f.Name)
		}
		if !bytes.Equal(bytesOf(t, s, f.ID, Original), photo) {
			t.Error("the original changed")
		}
		for variant, side := range map[string]int{Large: 1600, Thumb: 400} {
			b := bytesOf(t, s, f.ID, variant)
			for _, trace := range []string{"Exif", "Phone", "2026:11:23"} {
				if bytes.Contains(b, []byte(trace)) {
					t.Errorf("%s holds %q", variant, trace)
				}
			}
			img, err := jpeg.Decode(bytes.NewReader(b))
			must(t, err)
			if img.Bounds() != image.Rect(0, 0, side/2, side) {
				t.Errorf("%s is %v", variant, img.Bounds())
			}
			// Turned clockwise by a quarter, left is above.
			if r, _, bl, _ := img.At(side/4, side/4).RGBA(); r < bl {
				t.Errorf("%s is blue above", variant)
			}
			if r, _, bl, _ := img.At(side/4, side*3/4).RGBA(); r > bl {
				t.Errorf("%s is red below", variant)
			}
		}
	})
}

func TestEvidenceIsKeptPrivately(t *testing.T) {
	photo := withEXIF(jpegOf(t, halves(40, 20)), exifBlock(1, binary.BigEndian))
	each(t, func(t *testing.T, s *Service, _ *dbtest.Clock) {
		added := add(t, s, check(t, s, "x.jpg", photo), true)
		must(t, s.db.View(t.Context(), func(tx *db.Tx) error {
			f, err := s.ByID(t.Context(), tx, added.ID)
			must(t, err)
			e := f.Evidence
			if e.TakenAt != "2026-11-23T10:15:00" || e.Camera != "Phone" || e.Latitude == nil || *e.Latitude != 50.283333 || *e.Longitude != 57.17 {
				t.Errorf("got %+v", e)
			}
			body, err := db.One(t.Context(), tx, db.Value[string], `SELECT body FROM journal_bodies`)
			must(t, err)
			if strings.Contains(body, "Phone") || strings.Contains(body, "57.17") {
				t.Error("the journal tells where the picture was taken")
			}
			return nil
		}))
	})
}

func TestTurns(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 3, 2))
	red := color.RGBA{255, 0, 0, 255}
	img.SetRGBA(0, 0, red)
	for orientation, want := range map[int]image.Point{
		1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 2}, 8: {0, 2},
	} {
		if got := turn(img, orientation).RGBAAt(want.X, want.Y); got != red {
			t.Errorf("orientation %d: the corner is not at %v", orientation, want)
		}
	}
}

func TestSeeThroughAndMovingPictures(t *testing.T) {
	s := lite(t)
	var clear, moving bytes.Buffer
	must(t, png.Encode(&clear, image.NewNRGBA(image.Rect(0, 0, 30, 20))))
	frame := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.White, color.Black})
	must(t, gif.EncodeAll(&moving, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}))
	for _, c := range []struct {
		b         []byte
		in, thumb string
	}{{clear.Bytes(), "image/png", "image/png"}, {moving.Bytes(), "image/gif", "image/jpeg"}} {
		f := add(t, s, check(t, s, "x", c.b), true)
		if f.MediaType != c.in || f.Copies[Thumb].MediaType != c.thumb || f.Copies[Thumb].Width != 30 {
			t.Errorf("got %s %+v", f.MediaType, f.Copies)
		}
	}
}

func TestLikeness(t *testing.T) {
	img := halves(300, 200)
	same, other := likeness(scale(img, 150, 100, fine)), likeness(turn(scale(img, 300, 200, fine), 2))
	if likeness(img) != same || same == other {
		t.Errorf("%x, smaller %x, mirrored %x", likeness(img), same, other)
	}
}

func zipOf(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		must(t, err)
		_, err = io.WriteString(w, parts[i+1])
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

func TestBytesTellTheKind(t *testing.T) {
	s := lite(t)
	for _, c := range []struct {
		name, want string
		b          []byte
	}{
		{"есеп.exe", "application/pdf есеп.exe.pdf", []byte("%PDF-1.7 …")},
		{"a.docx", docxFormat.mediaType + " a.docx", zipOf(t, "word/document.xml", "<w/>")},
		{"a.doc", xlsxFormat.mediaType + " a.doc.xlsx", zipOf(t, "xl/workbook.xml", "<w/>")},
		{"a.odt", odtFormat.mediaType + " a.odt", zipOf(t, "mimetype", odtFormat.mediaType)},
		{"a.ods", odsFormat.mediaType + " a.ods", zipOf(t, "mimetype", odsFormat.mediaType)},
		{"тізім.CSV", "text/csv тізім.CSV", []byte("Аты;Сомасы\n")},
		{"a.html", "text/plain a.html.txt", []byte("only words, 1 < 2\n")},
		{"a.jpeg", "image/jpeg a.jpeg", jpegOf(t, halves(4, 4))},
	} {
		f := check(t, s, c.name, c.b).file
		if got := f.MediaType + " " + f.Name; got != c.want {
			t.Errorf("%s: got %s", c.name, got)
		}
	}
}

func TestRefused(t *testing.T) {
	s := lite(t)
	var huge bytes.Buffer
	must(t, png.Encode(&huge, image.NewGray(image.Rect(0, 0, 2, 2))))
	lying := bytes.Clone(huge.Bytes())
	binary.BigEndian.PutUint32(lying[16:], 60_000)
	binary.BigEndian.PutUint32(lying[20:], 60_000)
	binary.BigEndian.PutUint32(lying[29:], pngSum(lying[12:29]))
	for _, c := range []struct {
		what, key string
		name      string
		b         []byte
		allowed   Class
	}{
		{"SVG with script", "files.active", "logo.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), anything},
		{"SVG behind a declaration", "files.active", "a.txt", []byte("<?xml version=\"1.0\"?>\n<!-- x -->\n<svg/>"), anything},
		{"SVG in UTF-16", "files.active", "a.txt", []byte("\xff\xfe<\x00s\x00v\x00g\x00>\x00"), anything},
		{"HTML", "files.active", "a.csv", []byte("\n  <HTML><body>"), anything},
		{"shell", "files.active", "a.txt", []byte("#!/bin/sh\n"), anything},
		{"program", "files.active", "a.pdf", []byte("MZ\x90\x00\x03\x00"), anything},
		{"macros", "files.active", "a.docx", zipOf(t, "word/document.xml", "", "word/vbaProject.bin", ""), anything},
		{"zip", "files.not_taken", "a.docx", zipOf(t, "x", ""), anything},
		{"unknown bytes", "files.not_taken", "a.pdf", []byte("\x01\x02\x03"), anything},
		{"other class", "files.not_taken", "a.jpg", []byte("%PDF-1.7"), Pictures},
		{"empty", "files.empty", "a.txt", nil, anything},
		{"broken picture", "files.damaged", "a.jpg", []byte("\xff\xd8\xff\xe0 no"), anything},
		{"broken zip", "files.damaged", "a.docx", []byte("PK\x03\x04 no"), anything},
		{"too many pixels", "files.too_many_pixels", "a.png", lying, anything},
	} {
		_, err := s.Check(t.Context(), c.name, bytes.NewReader(c.b), c.allowed, MaxSize)
		if p := problem.As(err); p == nil || p.Key != c.key {
			t.Errorf("%s: got %v, want %s", c.what, err, c.key)
		}
	}
}

// zeros gives zeros without end and counts what was taken.
type zeros struct{ taken int64 }

func (z *zeros) Read(p []byte) (int, error) {
	clear(p)
	z.taken += int64(len(p))
	return len(p), nil
}

func TestTooLargeEndsAtTheLimit(t *testing.T) {
	z := &zeros{}
	_, err := lite(t).Check(t.Context(), "a.pdf", z, anything, 1<<20)
	if !problem.Is(err, problem.TooLarge) || z.taken > 2<<20 {
		t.Errorf("got %v after %d bytes", err, z.taken)
	}
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"../../etc/passwd": "passwd.pdf", `C:\Users\x\есеп.pdf`: "есеп.pdf", "..": "file.pdf", "": "file.pdf", ".pdf": "pdf.pdf",
		"a\x00\r\nb.pdf": "ab.pdf", "fdp\u202egpj.pdf": "fdpgpj.pdf", strings.Repeat("ә", 300) + ".pdf": strings.Repeat("ә", 100) + ".pdf",
	} {
		if got := cleanName(in, pdfFormat); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestWhoMayHaveWhat(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *dbtest.Clock) {
		shown := add(t, s, check(t, s, "a.jpg", jpegOf(t, halves(20, 10))), true)
		hidden := add(t, s, check(t, s, "b.jpg", jpegOf(t, halves(10, 20))), false)
		paper := add(t, s, check(t, s, "c.pdf", []byte("%PDF-1.7")), true)
		for _, c := range []struct {
			f       File
			variant string
			ok      bool
		}{{shown, Large, true}, {shown, Thumb, true}, {shown, Original, false}, {shown, "huge", false}, {hidden, Thumb, false}, {paper, Original, true}} {
			_, r, err := s.OpenPublic(t.Context(), c.f.ID, c.variant)
			if err == nil {
				must(t, r.Close())
			}
			if c.ok != (err == nil) || err != nil && !problem.Is(err, problem.NotFound) {
				t.Errorf("%s %s: got %v", c.f.Name, c.variant, err)
			}
		}
		must(t, s.db.Update(t.Context(), func(tx *db.Tx) error { return s.SetPublic(t.Context(), tx, lead, shown.ID, false) }))
		if _, _, err := s.OpenPublic(t.Context(), shown.ID, Large); !problem.Is(err, problem.NotFound) {
			t.Errorf("withdrawn, yet got %v", err)
		}
		if strings.Contains(shown.Address(Large), shown.SHA256) {
			t.Error("the address tells the hash")
		}
		acts(t, s, "files.add", "files.add", "files.add", "files.show")
	})
}

func acts(t *testing.T, s *Service, want ...string) {
	t.Helper()
	must(t, s.db.View(t.Context(), func(tx *db.Tx) error {
		got, err := db.All(t.Context(), tx, db.Value[string], `SELECT act FROM journal_entries ORDER BY id`)
		must(t, err)
		if !slices.Equal(got, want) {
			t.Errorf("acts %v, want %v", got, want)
		}
		return nil
	}))
}

func TestDeletedBytesGoUnlessNeeded(t *testing.T) {
	each(t, func(t *testing.T, s *Service, clock *dbtest.Clock) {
		pdf := []byte("%PDF-1.7 twice")
		one, two := add(t, s, check(t, s, "1.pdf", pdf), true), add(t, s, check(t, s, "2.pdf", pdf), true)
		check(t, s, "nobody.pdf", []byte("%PDF-1.7 nobody's"))
		empty := func(want int) {
			t.Helper()
			clock.Advance(grace + time.Second)
			n, err := s.EmptyTrash(t.Context())
			must(t, err)
			if n != want {
				t.Errorf("%d blobs went, want %d", n, want)
			}
		}
		drop := func(f File) {
			t.Helper()
			must(t, s.db.Update(t.Context(), func(tx *db.Tx) error { return s.Delete(t.Context(), tx, lead, f.ID) }))
		}
		if n, err := s.EmptyTrash(t.Context()); n != 0 || err != nil {
			t.Errorf("within the hour %d went, %v", n, err)
		}
		empty(1)
		drop(one)
		if _, _, err := s.Open(t.Context(), one.ID, Original); !problem.Is(err, problem.NotFound) {
			t.Errorf("deleted, yet got %v", err)
		}
		empty(0)
		if !bytes.Equal(bytesOf(t, s, two.ID, Original), pdf) {
			t.Error("the bytes of the other file went")
		}
		drop(two)
		empty(1)
		if _, err := s.store.Open(t.Context(), hashOf(pdf)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the bytes stayed: %v", err)
		}
		must(t, s.db.View(t.Context(), func(tx *db.Tx) error {
			left, err := s.Of(t.Context(), tx, event.Kind, event.ID)
			if len(left) != 0 {
				t.Errorf("left %v", left)
			}
			return err
		}))
	})
}

func TestServe(t *testing.T) {
	s := lite(t)
	photo := add(t, s, check(t, s, "сурет \"1\".png.jpg", jpegOf(t, halves(20, 10))), true)
	paper := add(t, s, check(t, s, "c.txt", []byte("words")), false)
	serve := func(f File, variant string, header ...string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		must(t, s.Serve(w, r, f, variant))
		return w
	}
	w := serve(photo, Large)
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Cache-Control":       "public, no-cache",
		"Content-Disposition": "inline; filename*=utf-8''%D1%81%D1%83%D1%80%D0%B5%D1%82%201.png.jpg",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if again := serve(photo, Large, "If-None-Match", w.Header().Get("ETag")); again.Code != 304 {
		t.Errorf("asked again: %d", again.Code)
	}
	w = serve(paper, Original)
	if w.Body.String() != "words" || w.Header().Get("Cache-Control") != "private, no-store" || w.Header().Get("Content-Disposition") != "attachment; filename=c.txt" {
		t.Errorf("got %v", w.Header())
	}
}

func TestFullDisk(t *testing.T) {
	err := problem.OfDisk(&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	if p := problem.As(err); p == nil || p.Kind != problem.Unavailable || p.Key != "problem.disk_full" {
		t.Errorf("got %v", err)
	}
}

func FuzzEXIF(f *testing.F) {
	f.Add(exifBlock(6, binary.LittleEndian))
	f.Add(exifBlock(3, binary.BigEndian))
	picture := jpegOf(f, halves(4, 4))
	f.Fuzz(func(t *testing.T, block []byte) {
		if len(block) > 60_000 {
			return
		}
		e, orientation := readEXIF(withEXIF(picture, block))
		if orientation < 1 || orientation > 8 || len(e.Camera) > 200 || (e.Latitude == nil) != (e.Longitude == nil) {
			t.Errorf("got %+v, %d", e, orientation)
		}
		readEXIF(block)
	})
}

// usedKey finds the keys in the package's own text.
var usedKey = regexp.MustCompile(`"(files\.[a-z_.]+)"`)

func TestEveryKeyHasItsWords(t *testing.T) {
	words := i18n.NewWords()
	must(t, words.Add(Locales))
	paths, err := filepath.Glob("*.go")
	must(t, err)
	used := map[string]bool{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		must(t, err)
		for _, m := range usedKey.FindAllSubmatch(b, -1) {
			used[string(m[1])] = true
		}
	}
	for _, act := range []string{"files.add", "files.show", "files.delete"} {
		delete(used, act)
		used["act."+act] = true // said by the pages of the journal
	}
	for _, l := range i18n.Langs {
		for _, k := range words.Keys(l) {
			if !used[k] {
				t.Errorf("%s has %s, which nothing says", l, k)
			}
		}
		for k := range used {
			if !words.Has(l, k) {
				t.Errorf("%s lacks %s", l, k)
			}
		}
	}
}

func TestJournalProvesFiles(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *dbtest.Clock) {
		photo := add(t, s, check(t, s, "a.jpg", withEXIF(jpegOf(t, halves(20, 10)), exifBlock(6, binary.LittleEndian))), true)
		gone := add(t, s, check(t, s, "b.pdf", []byte("%PDF-1.7")), false)
		must(t, s.db.Update(t.Context(), func(tx *db.Tx) error { return s.Delete(t.Context(), tx, lead, gone.ID) }))
		must(t, journal.NewSealer(s.db).Seal(t.Context()))
		ring, err := keys.Open(t.TempDir())
		must(t, err)
		verify := func() journal.Report {
			rep, err := journal.Verify(t.Context(), s.db, ring, []journal.Kind{Kind}, nil)
			must(t, err)
			return rep
		}
		if rep := verify(); !rep.OK() || rep.Rows != 1 {
			t.Errorf("got %+v", rep)
		}
		must(t, s.db.Update(t.Context(), func(tx *db.Tx) error {
			return tx.ExecOne(t.Context(), `UPDATE files SET sha256 = $1 WHERE id = $2`, hashOf(nil), photo.ID)
		}))
		if rep := verify(); rep.OK() || rep.Faults[0].Thing != photo.ID || rep.Faults[0].Field != "sha256" {
			t.Errorf("a changed hash was not found: %+v", rep)
		}
	})
}

// A file is one of the formats that are allowed, by a clean name, or refused.
func FuzzJudge(f *testing.F) {
	f.Add("a.csv", []byte("БСН;x\n"))
	f.Add("../\u202e\x00cod.exe", []byte("MZ\x00"))
	f.Add("x", []byte("PK\x03\x04"))
	f.Add("a.jpeg", jpegOf(f, halves(4, 4)))
	f.Add(".svg", []byte("\xff\xfe<\x00s\x00v\x00g\x00"))
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		tmp, err := os.CreateTemp(t.TempDir(), "")
		must(t, err)
		defer tmp.Close()
		_, err = tmp.Write(b)
		must(t, err)
		for _, allowed := range []Class{Pictures, Documents, Tables} {
			kind, err := judge(name, tmp, int64(len(b)), allowed)
			if err != nil {
				if problem.As(err) == nil {
					t.Errorf("not a problem: %v", err)
				}
				continue
			}
			clean := cleanName(name, kind)
			if kind.class != allowed || strings.ContainsAny(clean, "/\\\x00") || !utf8.ValidString(clean) || utf8.RuneCountInString(clean) > 110 {
				t.Errorf("%q is taken as %s by the name %q", name, kind.mediaType, clean)
			}
			if again := cleanName(clean, kind); again != clean {
				t.Errorf("%q is cleaned to %q and then to %q", name, clean, again)
			}
		}
	})
}
