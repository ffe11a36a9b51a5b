package funding

import (
	"context"
	"io"
	"net/http"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

const (
	// MaxDraftPaper is the largest file of an application, in bytes.
	MaxDraftPaper = 25 << 20
	// mostPapers is how many files one application has at most.
	mostPapers = 60
)

// CheckDraftPaper receives a file for a place of a draft and judges it by its bytes;
// what is refused leaves nothing behind.
func (s *Service) CheckDraftPaper(ctx context.Context, by access.Actor, draft ref.ID, paper int, name string, r io.Reader) (*files.Checked, error) {
	class := files.Pictures | files.Documents | files.Tables
	if err := s.db.View(ctx, func(tx *db.Tx) error {
		_, own, err := s.takesPapers(ctx, tx, by, draft, paper)
		if q, ok := own.question(paper); ok {
			class = q.takes()
		}
		return err
	}); err != nil {
		return nil, err
	}
	return s.Files.Check(ctx, name, r, class, MaxDraftPaper)
}

// takesPapers loads a draft to which files may be attached at a place, or taken off.
func (s *Service) takesPapers(ctx context.Context, tx *db.Tx, by access.Actor, draft ref.ID, paper int) (d ApplicationDraft, own OwnForm, err error) {
	if d, err = s.writable(ctx, tx, by, draft); err != nil {
		return d, own, err
	}
	if own, err = s.ownForm(ctx, tx, d, nil, nil, nil); err != nil {
		return d, own, err
	}
	q, ok := own.question(paper)
	if !d.Takes(string(StepPapers)) && !(ok && d.takesFile(q.Question)) {
		err = problem.New(problem.Conflict, "funding.draft.not_to_change")
	}
	return d, own, err
}

// AddDraftPaper attaches a checked file to a draft: paper is its place in the terms of
// the call, 0 for others.
func (s *Service) AddDraftPaper(ctx context.Context, by access.Actor, draft ref.ID, paper int, c *files.Checked) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, own, err := s.takesPapers(ctx, tx, by, draft, paper)
		if err != nil {
			return err
		}
		call, err := callByID(ctx, tx, d.CallID)
		if err != nil {
			return err
		}
		have, err := papersOf(ctx, tx, draft)
		if err != nil {
			return err
		}
		var bad problem.Fields
		bad.Reject(!own.takesPaper(call, paper), "paper", "form.unknown_choice")
		bad.Reject(len(have) >= mostPapers, "file", "funding.papers_many", "most", mostPapers)
		if q, ok := own.question(paper); ok {
			bad.Reject(countPapers(have, paper) >= q.Most(), "file", "funding.papers_many", "most", q.Most())
		}
		if err := bad.Err(); err != nil {
			return err
		}
		stored, err := s.Files.Add(ctx, tx, by, files.NewFile{Checked: c, Owner: ref.Ref{Kind: kindDraft, ID: draft}})
		if err != nil {
			return err
		}
		return insertPaper(ctx, tx, draft, PaperFile{paper, stored.ID, stored.Name, stored.MediaType, stored.Size})
	})
}

func countPapers(list []PaperFile, paper int) (n int) {
	for _, p := range list {
		n += b2i(p.Paper == paper)
	}
	return n
}

// kindDraft owns the files of applications; drafts are no things of the journal.
const kindDraft = "application_draft"

// RemoveDraftPaper takes a file off a draft. One that was handed in stays with the
// application.
func (s *Service) RemoveDraftPaper(ctx context.Context, by access.Actor, draft, file ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		have, err := papersOf(ctx, tx, draft)
		if err != nil {
			return err
		}
		paper := 0
		if i := slices.IndexFunc(have, func(p PaperFile) bool { return p.FileID == file }); i >= 0 {
			paper = have[i].Paper
		}
		d, _, err := s.takesPapers(ctx, tx, by, draft, paper)
		if err != nil {
			return err
		}
		if err := tx.ExecOne(ctx, `DELETE FROM application_papers WHERE draft_id = $1 AND file_id = $2`, draft, file); err != nil {
			return err
		}
		if d.Application != 0 {
			return nil
		}
		return s.Files.Delete(ctx, tx, by, file)
	})
}

// ServeDraftPaper gives a file of a draft to the people of the applicant.
func (s *Service) ServeDraftPaper(w http.ResponseWriter, r *http.Request, by access.Actor, draft, file ref.ID) error {
	return s.servePaper(w, r, file, func(tx *db.Tx) ([]PaperFile, error) {
		x, err := s.writing(r.Context(), tx, by, draft)
		return x.Papers, err
	})
}

// ServeApplicationPaper gives a file of an application to those who may see it.
func (s *Service) ServeApplicationPaper(w http.ResponseWriter, r *http.Request, by access.Actor, application, file ref.ID) error {
	return s.servePaper(w, r, file, func(tx *db.Tx) ([]PaperFile, error) {
		a, _, err := s.seenApplication(r.Context(), tx, by, application)
		return a.Papers, err
	})
}

func (s *Service) servePaper(w http.ResponseWriter, r *http.Request, file ref.ID, among func(*db.Tx) ([]PaperFile, error)) error {
	var f files.File
	if err := s.db.View(r.Context(), func(tx *db.Tx) error {
		list, err := among(tx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(p PaperFile) bool { return p.FileID == file }) {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		f, err = s.Files.ByID(r.Context(), tx, file)
		return err
	}); err != nil {
		return err
	}
	return s.Files.Serve(w, r, f, files.Original)
}
