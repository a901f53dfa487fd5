import { MizanError } from "mizan-runtime";
import { useMizan } from "mizan-react";
import { Component, type ReactElement, type ReactNode } from "react";

interface Props {
  readonly children: ReactNode;
}

/** Shows what could not be read, and a way to try again, in the place of what would have been shown. */
export function Boundary({ children }: Props): ReactElement {
  const mizan = useMizan();
  return <Catching retry={() => mizan.retry()}>{children}</Catching>;
}

class Catching extends Component<Props & { readonly retry: () => void }, { readonly error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="card" role="alert">
        <p>{messageOf(error)}</p>
        <button type="button" onClick={this.#retry}>
          Try again
        </button>
      </div>
    );
  }

  readonly #retry = (): void => {
    this.props.retry();
    this.setState({ error: null });
  };
}

function messageOf(error: unknown): string {
  return error instanceof MizanError ? error.message : "This part of the page is broken.";
}
