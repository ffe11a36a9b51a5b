package forums

import (
	"context"
	"io"
	"net/http"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// CheckPaper receives one file of a sort and judges it by its bytes; what is refused
// leaves nothing behind. files.Nobody but the organizer may hand in.
func (s *Service) CheckPaper(ctx context.Context, by access.Actor, forum ref.ID, sort PaperSort, name string, r io.Reader) (*files.Checked, error) {
	err := s.db.View(ctx, func(tx *db.Tx) error {
		_, _, err := s.kept(ctx, tx, by, forum)
		return err
	})
	if err != nil {
		return nil, err
	}
	class, most := sort.Takes()
	if sort == Picture {
		name = "picture" // people call pictures by those who are in them
	}
	return s.Files.Check(ctx, name, r, class, most)
}

// AddPapers puts checked files on a forum, all of them or none.
func (s *Service) AddPapers(ctx context.Context, by access.Actor, forum ref.ID, n NewPaper, checked []*files.Checked) (added []Paper, err error) {
	n.Title = n.Title.Trim()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		added = nil
		f, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		if err := n.check(s.today(tx)); err != nil {
			return err
		}
		for _, c := range checked {
			x, err := s.addPaper(ctx, tx, as, f, n, c)
			if err != nil {
				return err
			}
			added = append(added, x)
		}
		return nil
	})
	return added, err
}

func (s *Service) addPaper(ctx context.Context, tx *db.Tx, as access.Actor, f Forum, n NewPaper, c *files.Checked) (Paper, error) {
	x := Paper{ID: tx.NewID(), Version: 1, ForumID: f.ID, NewPaper: n, AddedOn: s.today(tx), Announced: f.Public()}
	if n.Sort == Document {
		x.People = ""
	}
	if n.Sort == Document || n.People == files.Nobody {
		x.Consent = files.Consent{}
	}
	stored, err := s.Files.Add(ctx, tx, as, files.NewFile{Checked: c, Owner: x.Ref(), Public: x.Public()})
	if err != nil {
		return x, err
	}
	thumb := stored.Copies[files.Thumb]
	x.FileID, x.Name, x.MediaType, x.Size, x.Width, x.Height = stored.ID, stored.Name, stored.MediaType, stored.Size, thumb.Width, thumb.Height
	if err := insertPaper(ctx, tx, x); err != nil {
		return x, err
	}
	return x, journal.Record(ctx, tx, as, "forums.paper.add", nil, x)
}

// announcePapers shows the papers of a forum that is announced.
func (s *Service) announcePapers(ctx context.Context, tx *db.Tx, as access.Actor, forum ref.ID) error {
	list, err := papersOf(ctx, tx, forum)
	if err != nil {
		return err
	}
	for _, before := range list {
		x := before
		x.Announced = true
		if err := s.savePaper(ctx, tx, as, "forums.paper.show", before, x); err != nil {
			return err
		}
	}
	return nil
}

// savePaper stores a changed paper together with whether strangers may have its bytes,
// and records it.
func (s *Service) savePaper(ctx context.Context, tx *db.Tx, as access.Actor, act string, before, x Paper) error {
	x.Version++
	if err := updatePaper(ctx, tx, x); err != nil {
		return err
	}
	if x.WithdrawnOn.IsZero() {
		if err := s.Files.SetPublic(ctx, tx, as, x.FileID, x.Public()); err != nil {
			return err
		}
	}
	return journal.Record(ctx, tx, as, act, before, x)
}

// paperIn loads a paper for the organizer of its forum.
func (s *Service) paperIn(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Paper, access.Actor, error) {
	x, err := paperByID(ctx, tx, id)
	if err != nil {
		return x, by, err
	}
	_, as, err := s.kept(ctx, tx, by, x.ForumID)
	return x, as, err
}

// ConsentPaper records the consent by which a picture may be shown.
func (s *Service) ConsentPaper(ctx context.Context, by access.Actor, id ref.ID, c files.Consent) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		before, as, err := s.paperIn(ctx, tx, by, id)
		if err != nil {
			return err
		}
		x := before
		if err := x.consent(c, s.today(tx)); err != nil {
			return err
		}
		return s.savePaper(ctx, tx, as, "forums.paper.consent", before, x)
	})
}

// WithdrawPaper takes a picture away everywhere because a person in it took the
// consent back: bytes, copies, what was told of it, and the bodies of its entries in
// the journal. That there was a picture stays known.
func (s *Service) WithdrawPaper(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, as, err := s.paperIn(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := x.withdraw(s.today(tx)); err != nil {
			return err
		}
		x.Version++
		if err := updatePaper(ctx, tx, x); err != nil {
			return err
		}
		if err := s.Files.Delete(ctx, tx, as, x.FileID); err != nil {
			return err
		}
		if err := journal.EraseThings(ctx, tx, as, "forums.paper.withdrawn", x.Ref(), ref.Ref{Kind: files.Kind.Name, ID: x.FileID}); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "forums.paper.withdraw", nil, x)
	})
}

// RemovePaper takes back what was handed in by mistake, until the forum is archived.
func (s *Service) RemovePaper(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, as, err := s.paperIn(ctx, tx, by, id)
		if err != nil {
			return err
		}
		f, err := byID(ctx, tx, x.ForumID)
		if err != nil {
			return err
		}
		if !f.ArchivedOn.IsZero() {
			return problem.New(problem.Conflict, "forums.archived_already")
		}
		if x.WithdrawnOn.IsZero() {
			if err := s.Files.Delete(ctx, tx, as, x.FileID); err != nil {
				return err
			}
		}
		if err := deletePaper(ctx, tx, x); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "forums.paper.remove", x, nil)
	})
}

// Paper gives one paper to the organizer.
func (s *Service) Paper(ctx context.Context, by access.Actor, id ref.ID) (x Paper, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		x, _, err = s.paperIn(ctx, tx, by, id)
		return err
	})
	return x, err
}

// ServePaper answers with the bytes of a paper to the organizer.
func (s *Service) ServePaper(w http.ResponseWriter, r *http.Request, by access.Actor, id ref.ID, variant string) error {
	x, err := s.Paper(r.Context(), by, id)
	if err == nil && !x.WithdrawnOn.IsZero() {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	if err != nil {
		return err
	}
	var stored files.File
	err = s.db.View(r.Context(), func(tx *db.Tx) (err error) {
		stored, err = s.Files.ByID(r.Context(), tx, x.FileID)
		return err
	})
	if err != nil {
		return err
	}
	return s.Files.Serve(w, r, stored, variant)
}

// papersFor gives the papers of a forum that the reader may see.
func papersFor(ctx context.Context, tx *db.Tx, forum ref.ID, keeps bool) ([]Paper, error) {
	list, err := papersOf(ctx, tx, forum)
	return slices.DeleteFunc(list, func(x Paper) bool { return !x.WithdrawnOn.IsZero() || !keeps && !x.Public() }), err
}
