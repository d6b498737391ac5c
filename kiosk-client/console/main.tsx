// Starts the staff's console.
import '../ui/tokens.css';
