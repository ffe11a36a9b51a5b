package funding

import (
	"context"
	"io"
	"net/url"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// CallFile is a document of a call: the rules of the competition, a sample of the
// agreement. It belongs to the terms, so a document that comes or goes after the
// publication is a revision too.
type CallFile struct {
	FileID    ref.ID    `json:"file_id"`
	Title     i18n.Text `json:"title"`
	Name      string    `json:"name"`
	MediaType string    `json:"media_type"`
	Size      int64     `json:"size"`
}

// Address is where everybody can have the document once the call is out.
func (f CallFile) Address() string {
	return "/files/" + f.FileID.String() + "/" + files.Original + "/" + url.PathEscape(f.Name)
}

// Limits of the documents of a call.
const (
	maxCallFiles = 20
	// MaxCallFile is how large one document may be, in bytes.
	MaxCallFile = 25 << 20
)

// kept are those of the files that the call has: a form names them, it brings none.
func (c Call) kept(list []CallFile) (kept []CallFile) {
	for _, f := range c.Files {
		if slices.ContainsFunc(list, func(x CallFile) bool { return x.FileID == f.FileID }) {
			kept = append(kept, f)
		}
	}
	return kept
}

// CheckCallFile receives a document for a call that the actor runs.
func (s *Service) CheckCallFile(ctx context.Context, by access.Actor, call ref.ID, name string, r io.Reader) (*files.Checked, error) {
	if err := s.db.View(ctx, func(tx *db.Tx) error {
		_, _, err := s.keptCall(ctx, tx, by, call)
		return err
	}); err != nil {
		return nil, err
	}
	return s.Files.Check(ctx, name, r, files.Documents|files.Tables, MaxCallFile)
}

// AddCallFile adds a document to a draft, or by a revision to a published call;
// of the change its reasons count.
func (s *Service) AddCallFile(ctx context.Context, by access.Actor, id ref.ID, version int64, checked *files.Checked, title i18n.Text, n Change) (Call, error) {
	return s.changeCall(ctx, by, "funding.call.file.add", id, version, func(tx *db.Tx, c *Call) error {
		var bad problem.Fields
		bad.Reject(title.Trim().IsZero(), "title", "form.required")
		bad.Reject(len(c.Files) >= maxCallFiles, "file", "funding.call.many_files", "max", maxCallFiles)
		if err := bad.Err(); err != nil {
			return err
		}
		f, err := s.Files.Add(ctx, tx, by, files.NewFile{Checked: checked, Owner: c.Ref(), Public: c.Published()})
		if err != nil {
			return err
		}
		n.Terms = c.Terms
		n.Terms.Files = append(slices.Clone(c.Files), CallFile{f.ID, title.Trim(), f.Name, f.MediaType, f.Size})
		if c.Published() {
			return s.revise(ctx, tx, by, c, n)
		}
		c.Terms = n.Terms
		return nil
	})
}

// showFiles lets everybody have the documents of a call that goes out.
func (s *Service) showFiles(ctx context.Context, tx *db.Tx, by access.Actor, c Call) error {
	for _, f := range c.Files {
		if err := s.Files.SetPublic(ctx, tx, by, f.FileID, true); err != nil {
			return err
		}
	}
	return nil
}
