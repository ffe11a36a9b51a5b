// Package files keeps what people hand in: documents as they came, and pictures
// with copies that the public may see.
//
// What a file is, its bytes tell and not its name. The original stays private
// and keeps what the camera wrote, as evidence; a public copy of a picture is
// upright, smaller and holds nothing but pixels. Bytes lie in a Store under
// their hash, but a hash is neither an address nor a right: a file is asked for
// by its id, and the room that owns it says who may see it.
package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Locales holds the words of this package in three languages.
//
//go:embed locales
var Locales embed.FS

// File is one file of a thing.
type File struct {
	ID      ref.ID  `json:"id"`
	Version int64   `json:"version"`
	Owner   ref.Ref `json:"owner"`
	// Name is safe to show and to save under.
	Name       string `json:"name" public:"files.name"`
	MediaType  string `json:"media_type"`
	Size       int64  `json:"size"`   // of the original, in bytes
	SHA256     string `json:"sha256"` // of the original
	Visibility string `json:"visibility"`
	Width      int    `json:"width,omitempty"` // of a picture as people see it, in pixels
	Height     int    `json:"height,omitempty"`
	// Likeness is a difference hash of a picture, 0 for other files.
	Likeness int64 `json:"likeness,omitempty"`
	// Evidence is what the camera wrote. It is private, and not in the journal:
	// the hash of the original proves it.
	Evidence  Evidence        `json:"-"`
	Copies    map[string]Copy `json:"copies,omitempty"` // by variant
	CreatedAt db.Time         `json:"created_at"`
	CreatedBy ref.ID          `json:"created_by"`
	DeletedAt db.Time         `json:"deleted_at"`
}

// Copy is a copy of a picture that was derived for the public.
type Copy struct {
	SHA256    string `json:"sha256"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	Width     int    `json:"width"`
	Height    int    `json:"height"`
}

// The visibilities of a file.
const (
	private = "private"
	public  = "public"
)

// Ref names the file.
func (f File) Ref() ref.Ref {
	return ref.Ref{Kind: "file", ID: f.ID, Title: i18n.Text{KK: f.Name, RU: f.Name, EN: f.Name}, Path: f.Address(f.shown())}
}

// JournalVersion is the version of the row.
func (f File) JournalVersion() int64 { return f.Version }

// Root is the thing on whose page the file is.
func (f File) Root() ref.Ref { return f.Owner }

// Public tells that strangers may see the file: of a picture, its copies.
func (f File) Public() bool { return f.Visibility == public && f.DeletedAt.IsZero() }

// Kind is how the journal knows files.
var Kind = journal.Kind{Name: "file", Example: File{}, Rows: func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
	return db.Each(ctx, tx, scan, func(f File) error { return yield(f) }, `SELECT `+columns+` FROM files WHERE deleted_at IS NULL ORDER BY id`)
}}

// IsPicture tells that the file has copies to show.
func (f File) IsPicture() bool { return len(f.Copies) > 0 }

func (f File) shown() string {
	if f.IsPicture() {
		return Large
	}
	return Original
}

// ShownToAll tells that strangers may have the variant.
func (f File) ShownToAll(variant string) bool {
	return f.Public() && (variant != Original || !f.IsPicture())
}

// Address is where a variant is to be had, without language:
// "/files/0d3…/large/school.jpg".
func (f File) Address(variant string) string {
	return "/files/" + f.ID.String() + "/" + variant + "/" + url.PathEscape(f.Name)
}

// blob is what lies in the store for a variant.
func (f File) blob(variant string) (c Copy, ok bool) {
	if variant == Original {
		return Copy{SHA256: f.SHA256, MediaType: f.MediaType, Size: f.Size}, true
	}
	c, ok = f.Copies[variant]
	return c, ok
}

// Service keeps files.
type Service struct {
	db         *db.DB
	store      Store
	oneAtATime chan struct{} // pictures are unpacked one by one
}

// New keeps the rows in d and the bytes in store.
func New(d *db.DB, store Store) *Service { return &Service{d, store, make(chan struct{}, 1)} }

// MaxSize is the largest file that is taken at all, in bytes.
const MaxSize = 50 << 20

// Checked is a file that was received, judged and stored, and belongs to nothing yet.
type Checked struct {
	file  File
	blobs []string
}

// MediaType is what the file was found to be.
func (c *Checked) MediaType() string { return c.file.MediaType }

// Check receives a file of at most most bytes and of the allowed classes, and
// stores its bytes and its public copies. What is refused is a Problem with a
// key "files.…", and nothing of it is kept. Add must follow within the hour.
func (s *Service) Check(ctx context.Context, name string, r io.Reader, allowed Class, most int64) (*Checked, error) {
	tmp, err := os.CreateTemp("", "birge-upload-")
	if err != nil {
		return nil, problem.OfDisk(err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	defer tmp.Close()
	f := File{Visibility: private}
	if f.SHA256, f.Size, err = receive(tmp, r, min(most, MaxSize)); err != nil {
		return nil, err
	}
	kind, err := judge(name, tmp, f.Size, allowed)
	if err != nil {
		return nil, err
	}
	f.Name, f.MediaType = cleanName(name, kind), kind.mediaType
	var p picture
	if kind.class == Pictures {
		if p, err = s.render(ctx, kind.mediaType, tmp); err != nil {
			return nil, err
		}
		f.Width, f.Height, f.Likeness, f.Evidence = p.width, p.height, p.likeness, p.evidence
	}
	return s.keep(ctx, f, tmp, p.copies)
}

// receive writes r to tmp and ends at the limit.
func receive(tmp io.Writer, r io.Reader, most int64) (sum string, size int64, err error) {
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(tmp, h), io.LimitReader(r, most+1))
	if err != nil {
		return "", 0, problem.OfDisk(err)
	}
	if size > most {
		return "", 0, problem.New(problem.TooLarge, "files.too_large", "most", max(1, most>>20))
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

func hashOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// keep puts the original and the copies in the store. Their hashes are noted
// before, so that what no file takes is found and removed.
func (s *Service) keep(ctx context.Context, f File, original io.ReadSeeker, copies []rendered) (*Checked, error) {
	c := &Checked{file: f, blobs: []string{f.SHA256}}
	for _, v := range copies {
		c.blobs = append(c.blobs, v.SHA256)
	}
	if err := s.db.Update(ctx, func(tx *db.Tx) error { return discard(ctx, tx, c.blobs) }); err != nil {
		return nil, err
	}
	if _, err := original.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if err := s.store.Put(ctx, f.SHA256, f.Size, original); err != nil {
		return nil, err
	}
	for _, v := range copies {
		if err := s.store.Put(ctx, v.SHA256, v.Size, bytes.NewReader(v.bytes)); err != nil {
			return nil, err
		}
		if c.file.Copies == nil {
			c.file.Copies = map[string]Copy{}
		}
		c.file.Copies[v.variant] = v.Copy
	}
	return c, nil
}

// NewFile is what Add needs to know.
type NewFile struct {
	Checked *Checked
	Owner   ref.Ref
	// Public lets strangers have the file; of a picture, its copies.
	Public bool
}

// Add gives a checked file to its owner, in the transaction of the act that
// brought it. The caller has judged whether by may do that.
func (s *Service) Add(ctx context.Context, tx *db.Tx, by access.Actor, n NewFile) (File, error) {
	f := n.Checked.file
	f.ID, f.Version, f.Owner, f.CreatedAt, f.CreatedBy = tx.NewID(), 1, n.Owner, db.At(tx.Now()), by.UserID
	if n.Public {
		f.Visibility = public
	}
	if err := insert(ctx, tx, f, n.Checked.blobs); err != nil {
		return File{}, err
	}
	return f, journal.Record(ctx, tx, by, "files.add", nil, f)
}

// ByID is a file that was not deleted.
func (s *Service) ByID(ctx context.Context, tx *db.Tx, id ref.ID) (File, error) {
	return byID(ctx, tx, id)
}

// Of lists the files of a thing in the order in which they came.
func (s *Service) Of(ctx context.Context, tx *db.Tx, kind string, id ref.ID) ([]File, error) {
	return ownedBy(ctx, tx, kind, id)
}

// SetPublic shows a file to strangers, or no longer.
func (s *Service) SetPublic(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID, shown bool) error {
	before, err := byID(ctx, tx, id)
	if err != nil || before.Public() == shown {
		return err
	}
	after := before
	after.Version++
	after.Visibility = private
	if shown {
		after.Visibility = public
	}
	if err := save(ctx, tx, after); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "files.show", before, after)
}

// Delete takes a file away. Its bytes go within two hours, if no other file
// has the same.
func (s *Service) Delete(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) error {
	before, err := byID(ctx, tx, id)
	if err != nil {
		return err
	}
	gone := before
	gone.Version++
	gone.Evidence = Evidence{}
	gone.DeletedAt = db.At(tx.Now())
	if err := save(ctx, tx, gone); err != nil {
		return err
	}
	if err := release(ctx, tx, before); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "files.delete", before, nil)
}

// grace is how long a blob waits for a file to take it.
const grace = time.Hour

// EmptyTrash removes the blobs that no file has taken within the hour, and
// tells how many. It is run every hour.
func (s *Service) EmptyTrash(ctx context.Context) (removed int, err error) {
	var old []string
	err = s.db.View(ctx, func(tx *db.Tx) (err error) {
		old, err = trashBefore(ctx, tx, db.At(tx.Now().Add(-grace)))
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, sum := range old {
		gone, err := s.forget(ctx, sum)
		if err != nil {
			return removed, err
		}
		if gone {
			removed++
		}
	}
	return removed, nil
}

// forget removes one blob while its row is held, so that nobody stores the same
// bytes anew in between. Removing twice does no harm when the engine asks for
// the closure again.
func (s *Service) forget(ctx context.Context, sum string) (gone bool, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		gone = false
		taken, err := takeFromTrash(ctx, tx, sum, db.At(tx.Now().Add(-grace)))
		if err != nil || !taken {
			return err
		}
		needed, err := isNeeded(ctx, tx, sum)
		if err != nil || needed {
			return err
		}
		gone = true
		return s.store.Remove(ctx, sum)
	})
	return gone, err
}

// Open finds a file and opens a variant. The caller judges who may have it.
func (s *Service) Open(ctx context.Context, id ref.ID, variant string) (f File, r io.ReadSeekCloser, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) (err error) {
		f, err = byID(ctx, tx, id)
		return err
	})
	if err != nil {
		return f, nil, err
	}
	r, err = s.open(ctx, f, variant)
	return f, r, err
}

// OpenPublic is Open for strangers: what they may not have is not there.
func (s *Service) OpenPublic(ctx context.Context, id ref.ID, variant string) (f File, r io.ReadSeekCloser, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) (err error) {
		f, err = byID(ctx, tx, id)
		return err
	})
	if err != nil {
		return f, nil, err
	}
	if !f.ShownToAll(variant) {
		return File{}, nil, problem.New(problem.NotFound, "problem.not_found")
	}
	r, err = s.open(ctx, f, variant)
	return f, r, err
}

func (s *Service) open(ctx context.Context, f File, variant string) (io.ReadSeekCloser, error) {
	b, ok := f.blob(variant)
	if !ok {
		return nil, problem.New(problem.NotFound, "problem.not_found")
	}
	r, err := s.store.Open(ctx, b.SHA256)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("files: the bytes of file %s are lost: %w", f.ID, err)
	}
	return r, err
}

// Serve answers a request with a variant that the caller has judged. Nothing
// that was handed in runs in a reader's browser: only pictures are shown in
// place, everything else is saved.
func (s *Service) Serve(w http.ResponseWriter, r *http.Request, f File, variant string) error {
	body, err := s.open(r.Context(), f, variant)
	if err != nil {
		return err
	}
	defer body.Close()
	b, _ := f.blob(variant)
	disposition := "attachment"
	if f.IsPicture() && variant != Original {
		disposition = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", b.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": copyName(f.Name, b.MediaType)}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, no-store")
	if f.ShownToAll(variant) {
		h.Set("Cache-Control", "public, no-cache") // asked again each time: it may have been withdrawn
		h.Set("ETag", `"`+f.ID.String()+"-"+variant+`"`)
	}
	http.ServeContent(w, r, "", f.CreatedAt.Time, body)
	return nil
}

// copyName is the name with the ending of what the variant is.
func copyName(name, mediaType string) string {
	for _, s := range formats {
		if s.mediaType == mediaType {
			return cleanName(name, s)
		}
	}
	return name
}
