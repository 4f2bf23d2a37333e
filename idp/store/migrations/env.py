"""Run by Alembic: uses the connection that ``store.migrate`` lends, inside its transaction."""

from alembic import context

from idp.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
