package forums

import (
	"context"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// EditRoom changes what a hall or an online room is called, its seats and its link.
// A hall stays a hall. Those who join by the link are sent a new one.
func (s *Service) EditRoom(ctx context.Context, by access.Actor, forum ref.ID, version int64, n Room) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		f, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		list, err := roomsOf(ctx, tx, forum)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(m Room) bool { return m.ID == n.ID })
		if i < 0 {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		before := list[i]
		if version != 0 && version != before.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		m := before
		m.Name, m.Seats, m.Link = n.Name.Trim(), n.Seats, n.Link
		m.Version++
		if err := m.check(); err != nil {
			return err
		}
		if err := updateRoom(ctx, tx, m); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, "forums.room.edit", before, m); err != nil || m.Link == before.Link {
			return err
		}
		return s.linksLater(ctx, tx, f)
	})
}

// EditTrack calls a line of sessions by another name.
func (s *Service) EditTrack(ctx context.Context, by access.Actor, forum, id ref.ID, version int64, name i18n.Text) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		list, err := tracksOf(ctx, tx, forum)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(k Track) bool { return k.ID == id })
		if i < 0 {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		before := list[i]
		if version != 0 && version != before.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		k := before
		k.Name = name.Trim()
		k.Version++
		if k.Name.IsZero() {
			return problem.Fields{"name": {Key: "form.required"}}.Err()
		}
		if err := updateTrack(ctx, tx, k); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "forums.track.edit", before, k)
	})
}

// DropRoom takes a room away in which no session is.
func (s *Service) DropRoom(ctx context.Context, by access.Actor, forum, id ref.ID) error {
	return s.drop(ctx, by, forum, func(tx *db.Tx, as access.Actor, p Planning) error {
		i := slices.IndexFunc(p.Rooms, func(m Room) bool { return m.ID == id })
		if i < 0 {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if slices.ContainsFunc(p.Sessions, func(x Session) bool { return x.RoomID == id }) {
			return problem.New(problem.Conflict, "forums.room_used")
		}
		if err := tx.ExecOne(ctx, `DELETE FROM forum_rooms WHERE id = $1 AND version = $2`, id, p.Rooms[i].Version); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "forums.room.drop", p.Rooms[i], nil)
	})
}

// DropTrack takes a line away that has no sessions.
func (s *Service) DropTrack(ctx context.Context, by access.Actor, forum, id ref.ID) error {
	return s.drop(ctx, by, forum, func(tx *db.Tx, as access.Actor, p Planning) error {
		i := slices.IndexFunc(p.Tracks, func(k Track) bool { return k.ID == id })
		if i < 0 {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if slices.ContainsFunc(p.Sessions, func(x Session) bool { return x.TrackID == id }) {
			return problem.New(problem.Conflict, "forums.room_used")
		}
		if err := tx.ExecOne(ctx, `DELETE FROM forum_tracks WHERE id = $1 AND version = $2`, id, p.Tracks[i].Version); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "forums.track.drop", p.Tracks[i], nil)
	})
}

// drop loads the programme of a forum for its organizer and applies a rule.
func (s *Service) drop(ctx context.Context, by access.Actor, forum ref.ID, rule func(tx *db.Tx, as access.Actor, p Planning) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		f, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		p, err := planningOf(ctx, tx, f)
		if err != nil {
			return err
		}
		return rule(tx, as, p)
	})
}

func updateRoom(ctx context.Context, tx *db.Tx, m Room) error {
	return tx.ExecOne(ctx, `UPDATE forum_rooms SET name = $1, seats = $2, link = $3, version = $4 WHERE id = $5 AND version = $6`, m.Name, m.Seats, m.Link, m.Version, m.ID, m.Version-1)
}

func updateTrack(ctx context.Context, tx *db.Tx, k Track) error {
	return tx.ExecOne(ctx, `UPDATE forum_tracks SET name = $1, version = $2 WHERE id = $3 AND version = $4`, k.Name, k.Version, k.ID, k.Version-1)
}
